using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Libraries;

internal static class Json
{
    public sealed record Money(decimal Amount, string Currency);

    public sealed class Item
    {
        public string Name { get; set; } = "";
        public Money? Price { get; set; }
        public List<Item> Parts { get; } = [];
        public Dictionary<string, object?> Tags { get; } = [];
        public DateTime Made { get; set; }
        public Item? Parent { get; set; }

        [System.Runtime.Serialization.OnDeserialized]
        internal void Ready(System.Runtime.Serialization.StreamingContext _) => Name = S(Name).ToUpperInvariant();
    }

    sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money? ReadJson(JsonReader reader, Type type, Money? existing, bool hasExisting, JsonSerializer serializer)
        {
            if (reader.TokenType == JsonToken.Null)
                return null;
            var parts = Echo((string)reader.Value!).Split(' ');
            return new Money(decimal.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }

        public override void WriteJson(JsonWriter writer, Money? value, JsonSerializer serializer)
            => writer.WriteValue(Echo(string.Create(CultureInfo.InvariantCulture, $"{value!.Amount} {value.Currency}")));
    }

    sealed class SlowNames : DefaultContractResolver
    {
        protected override string ResolvePropertyName(string propertyName) => S(char.ToLowerInvariant(propertyName[0]) + propertyName[1..]);
    }

    sealed class Binder : ITraceWriter
    {
        public System.Diagnostics.TraceLevel LevelFilter => S(System.Diagnostics.TraceLevel.Error);
        public void Trace(System.Diagnostics.TraceLevel level, string message, Exception? ex) => Yield();
    }

    public static string Run(int n)
    {
        var settings = new JsonSerializerSettings
        {
            Converters = { new MoneyConverter() }, ContractResolver = new SlowNames(), Formatting = n == 0 ? Formatting.Indented : Formatting.None,
            NullValueHandling = NullValueHandling.Ignore, PreserveReferencesHandling = n == 2 ? PreserveReferencesHandling.Objects : PreserveReferencesHandling.None,
            TraceWriter = new Binder(), DateTimeZoneHandling = DateTimeZoneHandling.Utc,
        };
        var root = Make("root", 4, n);
        var serializer = JsonSerializer.Create(settings);
        var writer = new SlowWriter();
        serializer.Serialize(writer, root);
        var text = writer.ToString();
        var back = serializer.Deserialize<Item>(new JsonTextReader(new SlowReader(text)))!;
        var again = JsonConvert.SerializeObject(back, settings);

        var tree = JToken.ReadFrom(new JsonTextReader(new SlowReader(text)));
        var found = tree.SelectTokens("$..parts[?(@.name == 'ROOT.1' || @.name == 'root.1')].price").Select(t => S(t.ToString())).ToList();
        var count = tree.Root is JContainer c ? c.DescendantsAndSelf().Count(t => S(t.Type) == JTokenType.String) : 0;
        var merged = new JObject { ["a"] = 1, ["b"] = new JArray(1, 2, 3) };
        merged.Merge(JObject.Parse("{'b':[4],'c':{'d':null}}"), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Union });

        var errors = new List<string>();
        settings.Error = (_, e) =>
        {
            errors.Add(Echo(e.ErrorContext.Path));
            e.ErrorContext.Handled = true;
        };
        var broken = JsonConvert.DeserializeObject<Item>("{'name':'x','made':'no date','parts':[{'name':'y','made':'nor this'}],'price':'12.5 EUR'}", settings);
        var message = "";
        try
        {
            JsonSerializer.CreateDefault().Deserialize<Item>(new JsonTextReader(new SlowReader("{\"Name\": [1,2")));
        }
        catch (JsonException e)
        {
            message = e.Message;
        }
        return $"{Digest.Of(text)}; {Digest.Of(again)}; {found.Count} {string.Join("|", found.Take(2))}; {count}; {merged.ToString(Formatting.None)}; {string.Join(",", errors)}; {broken?.Price}; {message}";
    }

    static Item Make(string name, int depth, int n)
    {
        var item = new Item { Name = name, Price = new Money(depth * 1.5m + n, "EUR"), Made = new DateTime(2024, 1, depth + 1, 0, 0, 0, DateTimeKind.Utc) };
        item.Tags["depth"] = depth;
        item.Tags["nested"] = new { x = 1.25, y = new[] { 1, 2, 3 }, z = (string?)null };
        for (var i = 0; i < 3 && depth > 0; i++)
            item.Parts.Add(Make($"{name}.{i}", depth - 1, n));
        return item;
    }
}
