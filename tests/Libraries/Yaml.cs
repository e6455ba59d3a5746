using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Libraries;

internal static class Yaml
{
    public sealed class Host
    {
        public string Name { get; set; } = "";
        public Uri? Address { get; set; }
        public List<int> Ports { get; set; } = [];
        public Dictionary<string, Host> Children { get; set; } = [];
    }

    sealed class UriConverter : IYamlTypeConverter
    {
        public bool Accepts(Type type) => S(type) == typeof(Uri);

        public object? ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer) => new Uri(Echo(parser.Consume<Scalar>().Value));

        public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) => emitter.Emit(new Scalar(Echo(value!.ToString()!)));
    }

    public static string Run(int n)
    {
        var serializer = new SerializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithTypeConverter(new UriConverter()).Build();
        var deserializer = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithTypeConverter(new UriConverter()).Build();
        var writer = new SlowWriter();
        serializer.Serialize(writer, Make("a", 3, n));
        var text = writer.ToString();
        var back = deserializer.Deserialize<Host>(new SlowReader(text));
        var stream = new YamlStream();
        stream.Load(new SlowReader("base: &b {x: 1, y: [2, 3]}\nother:\n  <<: *b\n  text: |\n    two\n    lines\n...\n---\n- ? complex\n  : key\n"));
        var nodes = stream.Documents.Sum(d => d.AllNodes.Count(node => S(node.NodeType) == YamlNodeType.Scalar));
        var message = "";
        try
        {
            deserializer.Deserialize<Host>(new SlowReader("name: x\nports: [1, two]"));
        }
        catch (YamlException e)
        {
            message = $"{e.Start} {e.Message} {e.InnerException?.GetType().Name}";
        }
        return $"{Digest.Of(text)}; {text == serializer.Serialize(back)}; {nodes}; {message}";
    }

    static Host Make(string name, int depth, int n) => new()
    {
        Name = name, Address = new Uri($"https://{name}.example:{8000 + n}/"), Ports = [n, depth, 80],
        Children = depth == 0 ? [] : Enumerable.Range(0, 3).ToDictionary(i => $"c{i}", i => Make($"{name}{i}", depth - 1, n)),
    };
}
