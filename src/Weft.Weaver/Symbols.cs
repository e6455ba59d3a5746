// Symbols are read and written as they were found: beside the assembly, inside it, or not at all.
//
// Cecil writes the absolute path of the new pdb into the assembly's CodeView entry, which makes the output depend on the folder
// it is woven in and undoes the compiler's PathMap. The provider here puts the input's path back.

using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Weft.Weaver;

internal sealed class SymbolWriterProvider(ISymbolWriterProvider inner, ImageDebugHeader? original) : ISymbolWriterProvider
{
    /// <summary>How to write what was read; null for no symbols.</summary>
    public static SymbolWriterProvider? For(ModuleDefinition module)
    {
        if (!module.HasSymbols)
            return null;
        var header = module.GetDebugHeader();
        var embedded = header.Entries.Any(e => e.Directory.Type == ImageDebugType.EmbeddedPortablePdb);
        return new SymbolWriterProvider(embedded ? new EmbeddedPortablePdbWriterProvider() : new PortablePdbWriterProvider(), header);
    }

    public ISymbolWriter GetSymbolWriter(ModuleDefinition module, string fileName) => new Writer(inner.GetSymbolWriter(module, fileName), original);

    public ISymbolWriter GetSymbolWriter(ModuleDefinition module, Stream symbolStream) => new Writer(inner.GetSymbolWriter(module, symbolStream), original);

    sealed class Writer(ISymbolWriter inner, ImageDebugHeader? original) : ISymbolWriter
    {
        // struct { "RSDS"; Guid id; uint age; zero-terminated UTF-8 path }
        const int PathOffset = 4 + 16 + 4;

        public ISymbolReaderProvider GetReaderProvider() => inner.GetReaderProvider();

        public ImageDebugHeader GetDebugHeader()
        {
            var header = inner.GetDebugHeader();
            var old = original?.Entries.FirstOrDefault(e => e.Directory.Type == ImageDebugType.CodeView)?.Data;
            if (old is null || old.Length < PathOffset)
                return header;
            return new ImageDebugHeader([.. header.Entries.Select(e => e.Directory.Type == ImageDebugType.CodeView ? WithPath(e, old) : e)]);
        }

        static ImageDebugHeaderEntry WithPath(ImageDebugHeaderEntry e, byte[] old)
        {
            byte[] data = [.. e.Data[..PathOffset], .. old[PathOffset..]];
            var directory = e.Directory;
            directory.SizeOfData = data.Length;
            return new ImageDebugHeaderEntry(directory, data);
        }

        public void Write(MethodDebugInformation info) => inner.Write(info);

        public void Write() => inner.Write();

        public void Write(ICustomDebugInformationProvider provider) => inner.Write(provider);

        public void Dispose() => inner.Dispose();
    }
}
