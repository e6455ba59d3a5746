using Mono.Cecil;
using Mono.Cecil.Cil;
using Weft.Weaver.Analysis;

namespace Weft.Weaver.Emit;

/// <summary>Writes the code of a recipe.</summary>
internal static class RecipeEmitter
{
    /// <param name="recipe">What is to be made.</param>
    /// <param name="plan">The method that it belongs to.</param>
    /// <param name="il">Where the code goes.</param>
    /// <param name="typed">Gives such a reference its type.</param>
    /// <param name="renaming">From the method's types to those of the code.</param>
    /// <param name="load">Loads a variable.</param>
    /// <param name="loadAddress">Loads the address of a variable.</param>
    /// <param name="loadArgument">Loads a reference that was passed in.</param>
    public static void Emit(Recipe recipe, HotMethod plan, Assembler il, MethodReference typed, Renaming renaming, Action<int> load, Action<int> loadAddress, Action<int> loadArgument)
    {
        if (recipe.Parent is { } parent)
            Emit(parent, plan, il, typed, renaming, load, loadAddress, loadArgument);
        switch (recipe.Kind)
        {
            case RecipeKind.Variable:
                loadAddress(recipe.Number);
                return;
            case RecipeKind.Argument:
                loadArgument(recipe.Number);
                // Pointers cannot stand for a type parameter, numbers of their size can.
                var type = TypeMap.Strip(recipe.Type!) is PointerType or FunctionPointerType ? typed.Module.TypeSystem.IntPtr : renaming.Type(recipe.Type!);
                il.Emit(OpCodes.Call, Refs.Instance(typed, [type]));
                return;
            case RecipeKind.Copy:
                var copy = il.Local(renaming.Type(recipe.Type!));
                il.Emit(OpCodes.Stloc, copy);
                il.Emit(OpCodes.Ldloca, copy);
                return;
            case RecipeKind.Value:
                return;
            case RecipeKind.Receiver:
                var nothing = il.Local(renaming.Type(recipe.Type!));
                var isStruct = new Label();
                il.Emit(OpCodes.Ldloca, nothing);
                il.Emit(OpCodes.Initobj, nothing.VariableType);
                il.Emit(OpCodes.Ldloc, nothing);
                il.Emit(OpCodes.Box, nothing.VariableType);
                il.Emit(OpCodes.Brtrue, isStruct);
                il.Emit(OpCodes.Pop);
                loadAddress(recipe.Number);
                il.Mark(isStruct);
                return;
        }
        foreach (var kept in plan.KeptAt(recipe))
            load(kept);
        var code = plan.Analysis.Flow.Code;
        if (recipe.At > 0 && code[recipe.At - 1] is { OpCode.Code: Code.Readonly or Code.Ldtoken } before)
            Copy(before); // a prefix, or the operand of CreateSpan
        Copy(code[recipe.At]);

        // A struct that was built in place is built on the stack.
        void Copy(Instruction i)
            => il.Emit(i.OpCode.Code == Code.Call && i.Operand is Mono.Cecil.MethodReference { Name: ".ctor" } ? OpCodes.Newobj : i.OpCode, renaming.Operand(i.Operand));
    }
}
