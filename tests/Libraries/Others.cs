using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;
using FluentValidation;
using Humanizer;
using ICSharpCode.SharpZipLib.BZip2;
using ICSharpCode.SharpZipLib.Zip;
using NodaTime;
using NodaTime.Text;
using Polly;
using Polly.Retry;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Libraries;

internal static class Log
{
    sealed class Sink : ILogEventSink
    {
        public List<string> Lines { get; } = [];

        public void Emit(LogEvent e) => Lines.Add(Echo($"{e.Level} {e.RenderMessage(CultureInfo.InvariantCulture)} {string.Join(",", e.Properties.Keys.Order(StringComparer.Ordinal))}"));
    }

    sealed class Enricher : ILogEventEnricher
    {
        public void Enrich(LogEvent e, ILogEventPropertyFactory f) => e.AddPropertyIfAbsent(f.CreateProperty("slow", S(1)));
    }

    public static string Run(int n)
    {
        var sink = new Sink();
        using (var log = new LoggerConfiguration().MinimumLevel.Debug().Enrich.With(new Enricher()).Destructure.ByTransforming<Uri>(u => S(u.Host))
            .Filter.ByExcluding(e => S(e.Level) == LogEventLevel.Debug).WriteTo.Sink(sink).CreateLogger())
        {
            log.Information("Hello {Name} {@Thing} {Number:000}", "w" + n, new { A = 1, B = new[] { 1, 2 }, U = new Uri("http://x.example/") }, 7);
            log.ForContext("more", 1).Warning(new InvalidOperationException("no"), "It failed {Times} times", n);
            log.Debug("unseen");
        }
        return string.Join(" / ", sink.Lines);
    }
}

internal static class Csv
{
    public sealed class Row
    {
        public int Id { get; set; }
        public string Name { get; set; } = "";
        public decimal Price { get; set; }
    }

    sealed class Slow : DecimalConverter
    {
        public override object? ConvertFromString(string? text, IReaderRow row, MemberMapData data) => base.ConvertFromString(Echo(text), row, data);
    }

    sealed class Map : ClassMap<Row>
    {
        public Map()
        {
            Map(r => r.Id);
            Map(r => r.Name).Convert(a => S(a.Row.GetField("Name")!.Trim()));
            Map(r => r.Price).TypeConverter<Slow>();
        }
    }

    public static string Run(int n)
    {
        var text = "Id,Name,Price\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},\" a \"\"{i}\"\"\n, b\",{i}.{n}5\n"));
        using var csv = new CsvReader(new SlowReader(text), CultureInfo.InvariantCulture);
        csv.Context.RegisterClassMap<Map>();
        var rows = csv.GetRecords<Row>().Where(r => S(r.Id) % 2 == 0).ToList();
        var writer = new SlowWriter();
        using (var output = new CsvWriter(writer, CultureInfo.InvariantCulture, leaveOpen: true))
            output.WriteRecords(rows);
        return $"{rows.Count} {rows.Sum(r => r.Price)} {Digest.Of(writer.ToString())}";
    }
}

internal static class Validation
{
    public sealed record Order(string? Name, int Count, List<Order> Parts);

    sealed class Validator : AbstractValidator<Order>
    {
        public Validator(int depth)
        {
            RuleFor(o => o.Name).NotEmpty().Must(s => Echo(s) != "bad").WithMessage(o => S($"'{o.Name}' is bad"));
            RuleFor(o => o.Count).InclusiveBetween(1, 10).When(o => S(o.Name) != "free");
            if (depth > 0)
                RuleForEach(o => o.Parts).SetValidator(new Validator(depth - 1));
        }
    }

    public static string Run(int n)
    {
        ValidatorOptions.Global.LanguageManager.Culture = CultureInfo.InvariantCulture;
        var result = new Validator(2).Validate(new Order("ok", 20 + n, [new Order("bad", 3, []), new Order("free", 99, [new Order("", 0, [])])]));
        return string.Join(" / ", result.Errors.Select(e => $"{e.PropertyName}: {e.ErrorMessage}"));
    }
}

internal static class Words
{
    public static string Run(int n)
    {
        var english = CultureInfo.GetCultureInfo("en");
        return string.Join("; ", Enumerable.Range(0, 5).Select(i => S((i * 12_345 + n).ToWords(english)))) + "; "
            + "SomePascalCaseText".Humanize() + "; " + "person".ToQuantity(n + 1) + "; " + TimeSpan.FromMinutes(90 + n).Humanize(2, english) + "; " + (n + 2).ToOrdinalWords(english)
            + "; " + new[] { "a", "b", "c" }.Humanize(s => Echo(s) + "!");
    }
}

internal static class Zip
{
    public static string Run(int n)
    {
        var text = string.Concat(Enumerable.Range(0, 400).Select(i => $"line {i * n} of many; "));
        using var memory = new MemoryStream();
        using (var zip = new ZipOutputStream(new SlowStream(memory)) { IsStreamOwner = false })
        {
            zip.SetLevel(6);
            for (var i = 0; i < 3; i++)
            {
                zip.PutNextEntry(new ZipEntry($"f{i}.txt") { DateTime = new DateTime(2020, 1, 1) });
                zip.Write(Encoding.UTF8.GetBytes(text + i));
                zip.CloseEntry();
            }
        }
        memory.Position = 0;
        var back = new List<string>();
        using (var zip = new ZipInputStream(new SlowStream(memory)) { IsStreamOwner = false })
            while (zip.GetNextEntry() is { } entry)
                back.Add(entry.Name + " " + Digest.Of(new StreamReader(zip).ReadToEnd()));
        using var packed = new MemoryStream();
        BZip2.Compress(new SlowStream(new MemoryStream(Encoding.UTF8.GetBytes(text))), new SlowStream(packed), isStreamOwner: false, 1);
        packed.Position = 0;
        using var plain = new MemoryStream();
        BZip2.Decompress(new SlowStream(packed), plain, isStreamOwner: false);
        return $"{string.Join(", ", back)}; {memory.Length} bytes; {packed.Length} bytes; {Digest.Of(Encoding.UTF8.GetString(plain.ToArray()))}";
    }
}

internal static class Dates
{
    public static string Run(int n)
    {
        var pattern = LocalDatePattern.CreateWithInvariantCulture("yyyy-MM-dd");
        var date = pattern.Parse(S($"2024-02-{20 + n}")).Value;
        var julian = date.WithCalendar(CalendarSystem.Julian);
        var zone = DateTimeZoneProviders.Tzdb["Europe/Paris"];
        var instant = Instant.FromUtc(2024, 3, 31, 1, n);
        var intervals = zone.GetZoneIntervals(instant, instant.Plus(Duration.FromDays(400))).Select(i => S(i.Name)).ToList();
        var period = Period.Between(date, Echo(date.PlusDays(45 * (n + 1))));
        return $"{pattern.Format(date.PlusMonths(13))} {julian} {ZonedDateTimePattern.ExtendedFormatOnlyIso.Format(instant.InZone(zone))} {string.Join(",", intervals)} {period}";
    }
}

internal static class Retries
{
    public static string Run(int n)
    {
        var tries = 0;
        var notes = new List<string>();
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddRetry(new RetryStrategyOptions<string>
            {
                MaxRetryAttempts = 3, Delay = TimeSpan.FromMilliseconds(1), UseJitter = false,
                ShouldHandle = new PredicateBuilder<string>().Handle<InvalidOperationException>().HandleResult(r => Echo(r) == "again"),
                OnRetry = a =>
                {
                    notes.Add($"{S(a.AttemptNumber)} {a.Outcome.Exception?.Message ?? a.Outcome.Result}");
                    return default;
                },
            }).Build();
        var result = pipeline.Execute(() => Echo(++tries) switch
        {
            1 => throw new InvalidOperationException("first"),
            2 => "again",
            var t => $"done after {t}",
        });
        return $"{result}: {string.Join(", ", notes)} {n}";
    }
}
