using Mono.Cecil;

namespace Weft.Weaver.Tests;

/// <summary>The shape of what is emitted, where size or names are promised.</summary>
public sealed class FrameTests
{
    const int Header = 16, Parent = 8, Pc = 4;

    [Fact]
    public void FrameOfASmallRecursion_HasAtMost40Bytes()
    {
        var fields = Frame("Recursion", "Sum").Fields;
        Assert.All(fields, f => Assert.Equal(MetadataType.Int32, f.FieldType.MetadataType));
        Assert.True(Header + Parent + Pc + 4 * fields.Count <= 40, $"{fields.Count} fields");
    }

    [Fact]
    public void Frame_IsAStateMachineOfItsMethod()
    {
        var frame = Frame("Recursion", "Fib");
        Assert.True(frame.IsNestedPrivate);
        Assert.Contains(frame.CustomAttributes, a => a.AttributeType.Name == "CompilerGeneratedAttribute");
        Assert.Contains(frame.Interfaces, i => i.InterfaceType.Name == "IAsyncStateMachine");
        var attribute = Assert.Single(frame.DeclaringType.Methods.Single(m => m.Name == "Fib").CustomAttributes);
        Assert.Equal(("WeftStateMachineAttribute", frame.FullName), (attribute.AttributeType.Name, ((TypeReference)attribute.ConstructorArguments[0].Value).FullName));
    }

    [Fact]
    public void Twin_HasNoUserAttributesAndAnUnspeakableName()
    {
        var twin = Frame("Recursion", "Fib").DeclaringType.Methods.Single(m => m.Name == "<Fib>g");
        Assert.True(twin.IsSpecialName);
        Assert.Equal("CompilerGeneratedAttribute", Assert.Single(twin.CustomAttributes).AttributeType.Name);
    }

    /// <summary>In a recursion what returns without a hot call does without the check; what changes something, and what a loop may live on, has it in front.</summary>
    [Theory]
    [InlineData("Leaf", 1)]
    [InlineData("Chain", 1)] // it calls string.Length, which the weaver does not know to be harmless
    [InlineData("Assigned", 2)]
    [InlineData("Generic", 1)]
    [InlineData("Thrown", 2)]
    [InlineData("Polled", 0)]
    [InlineData("Written", 0)]
    [InlineData("WrittenByRef", 0)]
    [InlineData("Counted", 0)]
    [InlineData("Both", 0)]
    [InlineData("Looped", 0)]
    [InlineData("Tried", 0)]
    public void Check_StandsBehindTheWaysOut(string method, int waysOut)
    {
        var il = Frame("Prologues", method).DeclaringType.Methods.Single(m => m.Name == $"<{method}>g").Body.Instructions;
        var check = il.TakeWhile(i => (i.Operand as FieldReference)?.Name != "stackguard").ToList();
        Assert.True(check.Count < il.Count);
        Assert.Equal(waysOut, check.Count(i => i.OpCode.FlowControl == Mono.Cecil.Cil.FlowControl.Cond_Branch));
    }

    [Fact]
    public void Symbols_KeepTheInputsPath()
    {
        var compiled = Subject.Compiled("Release");
        Assert.Equal(CodeViewPath(compiled), CodeViewPath(Subject.Woven("Release")));

        static string CodeViewPath(Subject s)
        {
            using var module = ModuleDefinition.ReadModule(s.Assembly);
            var data = module.GetDebugHeader().Entries.Single(e => e.Directory.Type == Mono.Cecil.Cil.ImageDebugType.CodeView).Data;
            return System.Text.Encoding.UTF8.GetString(data[24..]).TrimEnd('\0');
        }
    }

    static TypeDefinition Frame(string type, string method)
    {
        // Not disposed: bodies are read when they are asked for.
        var module = ModuleDefinition.ReadModule(Subject.Woven("Release").Assembly, new ReaderParameters { InMemory = true });
        return module.GetType("Corpus." + type).NestedTypes.Single(t => t.Name.StartsWith($"<{method}>g", StringComparison.Ordinal));
    }
}
