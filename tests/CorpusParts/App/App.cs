// Derives from woven and unwoven types alike, and calls all of them through the library's declarations. The tests weave any of the three
// assemblies, and mock the library's types.

using Corpus;
using Parts;

Passes.Run(args,
    ("ambients.fields", Ambients.Fields),
    ("stores.virtual", Stores.Virtual),
    ("stores.interface", Stores.Interface),
    ("stores.guarded", Stores.GuardedTypes),
    ("jobs.all", Jobs.All),
    ("generics.bases", Generics.Bases),
    ("generics.virtual", Generics.Virtual),
    ("generics.covariant", Generics.Covariant),
    ("defaults.methods", Defaults.Methods),
    ("defaults.diamond", Defaults.Diamond),
    ("defaults.generic", Defaults.Generic),
    ("statics.members", Statics.Members),
    ("decorators.chain", Decorators.Chain),
    ("proxies.dispatch", Proxies.Dispatch),
    ("proxies.mocks", Proxies.Mocks),
    ("proxies.friends", Proxies.Friends),
    ("statics.receivers", Statics.Receivers),
    ("statics.com", Statics.Com),
    ("slots.rules", Slots.Rules),
    ("slots.providers", Slots.Providers),
    ("slots.streams", Slots.Streams),
    ("twice.beneath", SameNames.Beneath),
    ("twice.arguments", SameNames.Arguments),
    ("variants.handlers", Variants.Handlers),
    ("variants.sources", Variants.Sources),
    ("delegates.reflection", Delegates.Reflection),
    ("delegates.relayed", Delegates.Relayed),
    ("delegates.multicast", Delegates.Multicast));
Console.WriteLine("done");
return 42;
