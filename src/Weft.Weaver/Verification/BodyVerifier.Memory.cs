// Instructions that read and write: through addresses, elements of arrays, fields.

using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Verification;

internal sealed partial class BodyVerifier
{
    // Like PopAddress, but written to: a place for a base class takes a derived one, not the other way round.
    void PopPlace(TypeReference of)
    {
        var s = Pop();
        if (s.Kind == SlotKind.NativeInt)
            return;
        if (s.Kind != SlotKind.ByRef)
            Report(Fault.Operand, $"{s} where a reference to {of.FullName} is needed");
        else if (!relations.SameMemory(s.Type!, of) && !(relations.IsReference(of) && relations.IsReference(s.Type!) && relations.IsSubtype(of, s.Type!)))
            Report(Fault.Assignment, $"{s} is no {of.FullName}&");
    }

    Slot Handle(object operand)
    {
        switch (operand)
        {
            case FieldReference f:
                members.Field(f);
                return Core("RuntimeFieldHandle");
            case MethodReference m:
                if (m is GenericInstanceMethod || !m.HasGenericParameters)
                    members.Method(m);
                return Core("RuntimeMethodHandle");
            default:
                return Core("RuntimeTypeHandle");
        }

        Slot Core(string name) => new(SlotKind.Value, new TypeReference("System", name, facts.Module, facts.System.CoreLibrary, valueType: true));
    }

    void LoadIndirect(Code code)
    {
        if (code != Code.Ldind_Ref)
        {
            PopAddress(MemoryOf(code));
            Push(MemoryOf(code));
            return;
        }
        var s = PopKind("a reference", SlotKind.ByRef, SlotKind.NativeInt);
        if (s.Kind == SlotKind.ByRef && !relations.IsReference(s.Type!))
            Report(Fault.Assignment, $"{s} holds no object");
        PushReference(s.Kind == SlotKind.ByRef ? s.Type! : facts.System.Object);
    }

    void StoreIndirect(Code code)
    {
        if (code != Code.Stind_Ref)
        {
            PopTo(MemoryOf(code), "what is stored");
            PopPlace(MemoryOf(code));
            return;
        }
        var value = PopKind("an object", SlotKind.Reference);
        var place = PopKind("a reference", SlotKind.ByRef, SlotKind.NativeInt);
        if (place.Kind == SlotKind.ByRef && (!relations.IsReference(place.Type!) || value.Type is not null && !relations.IsSubtype(value.Type, place.Type!)))
            Report(Fault.Assignment, $"{value} is stored to {place}");
    }

    void Index() => PopKind("an index", SlotKind.Int32, SlotKind.NativeInt);

    // The array's element type; null for the null reference.
    TypeReference? PopArray()
    {
        var s = PopKind("an array", SlotKind.Reference);
        if (s.Kind != SlotKind.Reference || s.Type is null)
            return null;
        if (s.Type is ArrayType { IsVector: true } a)
            return a.ElementType;
        Report(Fault.Operand, $"{s} where an array is needed");
        return null;
    }

    void LoadElement(Code code)
    {
        Index();
        var element = PopArray();
        if (code == Code.Ldelem_Ref)
        {
            if (element is not null && !relations.IsReference(element))
                Report(Fault.Assignment, $"an array of {element.FullName} holds no objects");
            Push(element is null ? Slot.Null : new Slot(SlotKind.Reference, TypeRelations.Bare(element)));
            return;
        }
        if (element is not null && !relations.SameMemory(element, MemoryOf(code)))
            Report(Fault.Assignment, $"an array of {element.FullName}, not of {MemoryOf(code).FullName}");
        Push(MemoryOf(code));
    }

    void StoreElement(Code code)
    {
        if (code != Code.Stelem_Ref)
            PopTo(MemoryOf(code), "the element");
        else
            PopKind("an object", SlotKind.Reference); // the runtime checks each one
        Index();
        if (PopArray() is { } element && !(code == Code.Stelem_Ref ? relations.IsReference(element) : relations.SameMemory(element, MemoryOf(code))))
            Report(Fault.Assignment, $"an array of {element.FullName}, not of {MemoryOf(code).FullName}");
    }

    void Field(Code code, FieldReference f)
    {
        var definition = members.Field(f);
        var type = TypeMap.Inflate(f.FieldType, f);
        var isStatic = code is Code.Ldsfld or Code.Ldsflda or Code.Stsfld;
        var isAddress = code is Code.Ldflda or Code.Ldsflda;
        if (code is Code.Stfld or Code.Stsfld)
            PopTo(type, "the field's type");
        if (!isStatic)
            Receiver(f.DeclaringType, isValueAllowed: code == Code.Ldfld);
        if (definition is not null)
        {
            if (isStatic && !definition.IsStatic)
                Report(Fault.Call, $"{f.Name} is not static");
            var isOwn = method.IsConstructor && method.IsStatic == definition.IsStatic && definition.DeclaringType == method.DeclaringType;
            var isInitAccessor = IsInitAccessor(method) && definition.DeclaringType == method.DeclaringType || definition.DeclaringType.Methods.Any(m => IsInitAccessor(m) && IsResumeOf(m));
            if (definition.IsInitOnly && code is Code.Stfld or Code.Stsfld && !isOwn && !isInitAccessor)
                Report(Fault.InitOnly, $"{f.FullName} is written outside of a constructor");
        }
        if (code is Code.Stfld or Code.Stsfld)
            return;
        if (isAddress && TypeRelations.Bare(type) is ByReferenceType)
            Report(Fault.StackOnly, "the address of a reference");
        if (isAddress)
            PushByRef(TypeRelations.Bare(type));
        else
            Push(type);
    }

    // The object of an instance member: a reference to a class, the address of a struct.
    void Receiver(TypeReference owner, bool isValueAllowed, bool isBoxAllowed = false)
    {
        var s = Pop();
        if (s.Kind == SlotKind.NativeInt)
            return;
        if (facts.IsValueType(owner))
        {
            if (isBoxAllowed && s is { Kind: SlotKind.Reference, Type: { } boxed } && TypeRelations.Same(boxed, owner))
                return;
            if (s.Kind == SlotKind.ByRef ? !relations.SameMemory(s.Type!, owner) : !(isValueAllowed && s.Kind == SlotKind.Value && TypeRelations.Same(s.Type!, owner)))
                Report(Fault.Assignment, $"{s} is no receiver of {owner.FullName}");
        }
        else if (s.Kind != SlotKind.Reference || (s.Type is not null && !relations.IsSubtype(s.Type, owner)))
        {
            Report(Fault.Assignment, $"{s} is no receiver of {owner.FullName}");
        }
    }

    TypeReference MemoryOf(Code code) => code switch
    {
        Code.Ldind_I1 or Code.Ldind_U1 or Code.Stind_I1 or Code.Ldelem_I1 or Code.Ldelem_U1 or Code.Stelem_I1 => facts.System.SByte,
        Code.Ldind_I2 or Code.Ldind_U2 or Code.Stind_I2 or Code.Ldelem_I2 or Code.Ldelem_U2 or Code.Stelem_I2 => facts.System.Int16,
        Code.Ldind_I4 or Code.Ldind_U4 or Code.Stind_I4 or Code.Ldelem_I4 or Code.Ldelem_U4 or Code.Stelem_I4 => facts.System.Int32,
        Code.Ldind_I8 or Code.Stind_I8 or Code.Ldelem_I8 or Code.Stelem_I8 => facts.System.Int64,
        Code.Ldind_I or Code.Stind_I or Code.Ldelem_I or Code.Stelem_I => facts.System.IntPtr,
        Code.Ldind_R4 or Code.Stind_R4 or Code.Ldelem_R4 or Code.Stelem_R4 => facts.System.Single,
        Code.Ldind_R8 or Code.Stind_R8 or Code.Ldelem_R8 or Code.Stelem_R8 => facts.System.Double,
        _ => facts.System.Object,
    };

    static bool IsInitAccessor(MethodDefinition m) => m.ReturnType is RequiredModifierType { ModifierType.Name: "IsExternalInit" };

    // The same body after a suspension. The CLR asks nothing: it takes only static readonly fields for constants.
    bool IsResumeOf(MethodDefinition m)
        => method is { Name: "Resume", IsStatic: false } && m.CustomAttributes.Any(a => a.AttributeType.Name == "WeftStateMachineAttribute" && a.ConstructorArguments is [{ Value: TypeReference frame }] && frame.GetElementType().FullName == method.DeclaringType.FullName);
}
