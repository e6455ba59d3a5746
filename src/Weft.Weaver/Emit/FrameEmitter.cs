// The frame class of one method, but for the body of Resume.
//
//   [CompilerGenerated]
//   sealed class <Foo>g1 : Frame, IAsyncStateMachine       // nested private; generic parameters of the type, then of the method
//   {
//       A a; int <>s1; ...                                 // see FrameLayout
//
//       static R Save(int s0, A a, ..., int pc, <Foo>g1 f, G g)      // one for each list of slots; not inlined
//       {
//           if (f == null) f = new <Foo>g1();              // a twin passes null, unless it has made one first; Resume passes its own
//           f.<>s1 = s0; f.a = a; ...
//           f.pc = pc;
//           g.push(f);
//           return default(R);
//       }
//       override void Resume(G g)                          // ResumeEmitter
//       void IAsyncStateMachine.MoveNext() {}              // so that stack traces take the class for a state machine of Foo
//       void IAsyncStateMachine.SetStateMachine(IAsyncStateMachine m) {}
//   }
//
// Save takes the values under the arguments first: at a site they are on the stack already. Managed pointers and nulls among them it
// takes and forgets.
// Rejected: saving in the twin's own body (the fast path of fib grew by half); one Save for all sites (stores dead references,
// which then live as long as the frame).

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

internal sealed class FrameEmitter
{
    readonly ModuleDefinition module;
    readonly Abi abi;
    readonly TypeFacts facts;
    readonly MethodDefinition method;
    readonly MethodAnalysis analysis;
    readonly FrameLayout layout;
    readonly FieldDefinition[] fields;
    readonly Dictionary<string, MethodDefinition> saves = [];
    readonly MethodDefinition constructor;

    public FrameEmitter(string name, MethodAnalysis analysis, FrameLayout layout, Abi abi, TypeFacts facts)
    {
        this.abi = abi;
        this.facts = facts;
        this.analysis = analysis;
        this.layout = layout;
        method = analysis.Method;
        module = facts.Module;

        Type = new TypeDefinition("", name, TypeAttributes.NestedPrivate | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit, abi.Frame);
        var ofType = method.DeclaringType.GenericParameters.Count;
        Renaming = new Renaming(module, Rename);
        Refs.CopyParameters(method.DeclaringType, Type, module, Rename);
        Refs.CopyParameters(method, Type, module, Rename);
        method.DeclaringType.NestedTypes.Add(Type);
        Known.MarkGenerated(Type, module);
        Self = TypeMap.Self(Type);

        fields = new FieldDefinition[layout.Slots.Count];
        var names = new HashSet<string>();
        for (var i = 0; i < fields.Length; i++)
        {
            var (type, variable) = layout.Slots[i];
            var unique = FieldName(i, variable);
            if (!names.Add(unique))
                names.Add(unique += i);
            fields[i] = new FieldDefinition(unique, FieldAttributes.Assembly, Renaming.Type(type));
            Type.Fields.Add(fields[i]);
        }
        constructor = EmitConstructor();
        EmitStateMachine();
        Resume = new MethodDefinition("Resume", MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, facts.System.Void);
        Resume.Parameters.Add(new ParameterDefinition("g", ParameterAttributes.None, abi.G));
        Type.Methods.Add(Resume);

        TypeReference Rename(GenericParameter p) => Type.GenericParameters[p.Type == GenericParameterType.Type ? p.Position : ofType + p.Position];
    }

    public TypeDefinition Type { get; }

    /// <summary>The frame class seen from inside.</summary>
    public TypeReference Self { get; }

    /// <summary>From the method's types to the frame's.</summary>
    public Renaming Renaming { get; }

    public MethodDefinition Resume { get; }

    public FieldReference Field(int slot) => Field(slot, Self);

    /// <summary>The field as a member of an instance of the frame class.</summary>
    public FieldReference Field(int slot, TypeReference instance) => Refs.On(fields[slot], instance);

    public MethodReference Constructor(TypeReference instance) => Refs.On(constructor, instance);

    /// <summary>The class as the twin names it.</summary>
    public TypeReference InTwin(MethodDefinition twin) => TypeMap.Instance(Type, method.DeclaringType.GenericParameters.Concat<TypeReference>(twin.GenericParameters));

    string FieldName(int slot, int variable)
    {
        if (variable < 0)
            return $"<>s{slot}";
        if (variable >= analysis.Variables.Count)
            return $"<>r{slot}";
        if (analysis.Variables.IsThis(variable))
            return "<>4__this";
        return analysis.Variables.IsArgument(variable) ? analysis.Variables.Name(variable) : $"<{analysis.Variables.LocalName(variable)}>5__{slot + 1}";
    }

    MethodDefinition EmitConstructor()
    {
        var c = new MethodDefinition(".ctor", MethodAttributes.Assembly | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName, facts.System.Void);
        Type.Methods.Add(c);
        var il = new Assembler(c);
        il.Emit(OpCodes.Ldarg, c.Body.ThisParameter);
        il.Emit(OpCodes.Call, abi.FrameConstructor);
        il.Emit(OpCodes.Ret);
        il.Finish();
        return c;
    }

    void EmitStateMachine()
    {
        var contract = Known.Type(module, "System.Runtime.CompilerServices", "IAsyncStateMachine");
        Type.Interfaces.Add(new InterfaceImplementation(contract));
        Implement("MoveNext", null);
        Implement("SetStateMachine", contract);

        void Implement(string name, TypeReference? parameter)
        {
            const MethodAttributes Explicit = MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.NewSlot | MethodAttributes.HideBySig;
            var m = new MethodDefinition(contract.FullName + "." + name, Explicit, facts.System.Void);
            var declared = new MethodReference(name, facts.System.Void, contract) { HasThis = true };
            if (parameter is not null)
            {
                m.Parameters.Add(new ParameterDefinition("stateMachine", ParameterAttributes.None, parameter));
                declared.Parameters.Add(new ParameterDefinition(parameter));
            }
            m.Overrides.Add(declared);
            var il = new Assembler(m);
            il.Emit(OpCodes.Ret);
            il.Finish();
            Type.Methods.Add(m);
        }
    }

    /// <summary>The Save of a site's list of slots.</summary>
    public MethodDefinition SaveFor(Site site)
    {
        var slots = layout.AllOf(site);
        var types = slots.Select((s, i) => s < 0 ? Renaming.Type(site.Beneath[i].Storage(facts.System)) : fields[s].FieldType).ToArray();
        var key = string.Join(',', slots.Select((s, i) => s < 0 ? TypeMap.StorageKey(types[i]) : $"{s}"));
        if (!saves.TryGetValue(key, out var save))
            saves[key] = save = EmitSave(slots, types);
        return save;
    }

    MethodDefinition EmitSave(int[] slots, TypeReference[] types)
    {
        var result = Renaming.Type(TypeMap.Strip(method.ReturnType));
        var save = new MethodDefinition($"Save{saves.Count}", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig, result)
        {
            ImplAttributes = MethodImplAttributes.NoInlining,
        };
        for (var i = 0; i < slots.Length; i++)
            Add(slots[i] < 0 ? $"p{i}" : fields[slots[i]].Name, types[i]);
        var pc = Add("pc", facts.System.Int32);
        var f = Add("f", Self);
        var g = Add("g", abi.G);
        var il = new Assembler(save);
        save.Body.InitLocals = true;

        var made = new Label();
        il.Emit(OpCodes.Ldarg, f);
        il.Emit(OpCodes.Brtrue, made);
        il.Emit(OpCodes.Newobj, Refs.On(constructor, Self));
        il.Emit(OpCodes.Starg, f);
        il.Mark(made);
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] < 0)
                continue;
            il.Emit(OpCodes.Ldarg, f);
            il.Emit(OpCodes.Ldarg, save.Parameters[i]);
            il.Emit(OpCodes.Stfld, Field(slots[i]));
        }
        il.Emit(OpCodes.Ldarg, f);
        il.Emit(OpCodes.Ldarg, pc);
        il.Emit(OpCodes.Stfld, abi.FramePc);
        il.Emit(OpCodes.Ldarg, g);
        il.Emit(OpCodes.Ldarg, f);
        il.Emit(OpCodes.Call, abi.Push);
        if (result.MetadataType != MetadataType.Void)
            il.Emit(OpCodes.Ldloc, il.Local(result));
        il.Emit(OpCodes.Ret);
        il.Finish();
        Type.Methods.Add(save);
        return save;

        ParameterDefinition Add(string name, TypeReference type)
        {
            var p = new ParameterDefinition(name, ParameterAttributes.None, type);
            save.Parameters.Add(p);
            return p;
        }
    }
}
