// Libraries whose work is to call user code in an order of their own: a container, observables, templates, proxies.

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Autofac;
using Autofac.Core.Resolving.Pipeline;
using Autofac.Features.Indexed;
using Autofac.Features.OwnedInstances;
using Castle.DynamicProxy;
using HandlebarsDotNet;

namespace Libraries;

internal static class Container
{
    internal interface IClock
    {
        string Now();
    }

    sealed class Clock(int n) : IClock
    {
        public string Now() => "t" + S(n);
    }

    sealed class Framed(IClock inner) : IClock
    {
        public string Now() => "[" + inner.Now() + "]";
    }

    interface IStore<T>
    {
        string Get(int id);
    }

    sealed class Store<T>(IClock clock) : IStore<T>, IDisposable
    {
        public string Get(int id) => typeof(T).Name + Echo(id) + clock.Now();

        public void Dispose() => Echo(0);
    }

    interface IPlug
    {
        string Name { get; }
    }

    sealed class Plug(string name) : IPlug
    {
        public string Name => Echo(name);
    }

    sealed class Service(IStore<string> store, Func<int, Part> parts, Lazy<Part> lazy, IEnumerable<IPlug> plugs)
    {
        public IClock? Clock { get; set; }

        public string Do()
        {
            var text = store.Get(7) + lazy.Value.Name;
            for (var i = 0; i < 3; i++)
                text += parts(i).Name;
            foreach (var p in plugs)
                text += p.Name;
            return text + Clock?.Now();
        }
    }

    sealed class Part(IClock clock, int i = 9)
    {
        public string Name => "p" + i + clock.Now();
    }

    sealed class Plugs : Module
    {
        protected override void Load(ContainerBuilder builder)
        {
            foreach (var name in new[] { "a", "b" })
                builder.Register(_ => new Plug(S(name))).As<IPlug>().Keyed<IPlug>(name);
        }

        protected override void AttachToComponentRegistration(Autofac.Core.Registration.IComponentRegistryBuilder registry, Autofac.Core.IComponentRegistration registration)
            => registration.PipelineBuilding += (_, pipeline) => pipeline.Use(PipelinePhase.Activation, (context, next) =>
            {
                S(1);
                next(context);
                Echo(2);
            });
    }

    public static string Run(int n)
    {
        var builder = new ContainerBuilder();
        builder.Register(_ => Echo(new Clock(n))).As<IClock>().InstancePerLifetimeScope();
        builder.RegisterDecorator<Framed, IClock>(_ => S(true));
        builder.RegisterGeneric(typeof(Store<>)).As(typeof(IStore<>)).OnActivating(_ => Echo(2));
        builder.RegisterType<Part>();
        builder.RegisterModule<Plugs>();
        builder.RegisterType<Service>().OnPreparing(_ => S(3)).OnActivated(e => e.Instance.Clock = Echo(e.Context.Resolve<IClock>()));
        using var container = builder.Build();
        var results = new string[3];
        var done = new WaitGroup();
        for (var i = 0; i < results.Length; i++)
        {
            var at = i;
            done.Go(() =>
            {
                using var scope = container.BeginLifetimeScope(b =>
                {
                    if (S(at) == 1)
                        b.RegisterInstance<IPlug>(new Plug("c"));
                });
                using var owned = scope.Resolve<Owned<IStore<int>>>();
                results[at] = scope.Resolve<Service>().Do() + scope.Resolve<IIndex<string, IPlug>>()["b"].Name + owned.Value.Get(at);
            });
        }
        done.Wait();
        return string.Join(" ", results);
    }
}

/// <summary>The scheduler of the current thread keeps its queue in a thread static, whose thread goes on with others while an observer waits.</summary>
internal static class Observables
{
    static IObservable<int> Source(int count) => Observable.Create<int>(o =>
    {
        for (var i = 0; i < count; i++)
            o.OnNext(Echo(i));
        o.OnCompleted();
        return Disposable.Create(() => S(1));
    });

    static string List<T>(IObservable<T> source) => string.Join(",", source.ToList().Wait());

    public static string Run(int n)
    {
        var lines = new List<string>
        {
            List(Source(12).Where(x => Echo(x) % 3 != 0).Select(x => S(x * 2 + n)).Buffer(3).SelectMany(b => b.ToObservable()).Scan((a, x) => S(a + x))),
            List(Source(9).GroupBy(x => S(x % 3)).SelectMany(g => g.Aggregate(0, (a, x) => Echo(a) + x).Select(sum => $"{g.Key}={sum}"))),
            List(Source(4).Zip(Source(6), (a, b) => S(a) * b)),
            List(Observable.Generate(Echo(0), i => S(i) < 5, i => i + 1, i => Echo(i * i)).Concat(Observable.Range(10, 3)).TakeWhile(x => S(x) < 12).StartWith(-1)),
            List(Observable.Range(0, 4).Expand(x => x > 9 ? Observable.Empty<int>() : Observable.Return(Echo(x * 5 + 4))).Take(9).Select(x => x % 2)).Length.ToString(),
            List(Observable.Throw<int>(new ArgumentException("bad")).Catch((ArgumentException e) => Observable.Return(Echo(e.Message)).Select(m => m.Length))),
        };
        var tries = 0;
        lines.Add(List(Observable.Defer(() => Echo(++tries) < 3 ? throw new InvalidOperationException("again") : Observable.Return(tries)).Retry(5).Finally(() => lines.Add("finally " + Echo(1)))));
        var replay = new ReplaySubject<int>();
        var subject = new Subject<int>();
        using (subject.Select(x => Echo(x)).Subscribe(replay))
            for (var i = 0; i < 4; i++)
                subject.OnNext(i + n);
        replay.OnCompleted();
        lines.Add(List(replay));
        Scheduler.CurrentThread.Schedule(() =>
        {
            Scheduler.CurrentThread.Schedule(() => lines.Add("inner " + Echo(1)));
            S(1);
            lines.Add("outer");
        });
        return string.Join(" / ", lines);
    }
}

internal static class Templates
{
    internal sealed class Model
    {
        public string Name => Echo("name");

        public IEnumerable<string> Items
        {
            get
            {
                for (var i = 0; i < 4; i++)
                    yield return S("item " + i);
            }
        }

        public Dictionary<string, object> Map { get; } = new() { ["a"] = 1, ["b"] = "<two>" };
    }

    public static string Run(int n)
    {
        var engine = Handlebars.Create();
        engine.RegisterHelper("slow", (writer, _, a) => writer.WriteSafeString(Echo("<" + a[0] + ">")));
        engine.RegisterHelper("times", (writer, options, context, a) =>
        {
            for (var i = 0; i < Convert.ToInt32(a[0]); i++)
            {
                S(i);
                options.Template(writer, context);
            }
        });
        engine.RegisterTemplate("part", "({{this}})");
        var text = engine.Compile("{{Name}} {{#each Items}}{{@index}}:{{slow this}}{{> part}} {{/each}}{{#times 3}}[{{Name}}]{{/times}}{{#if Map.a}} yes{{/if}}{{#each Map}} {{@key}}={{this}}{{/each}}");
        var writer = new SlowWriter();
        using (var reader = new SlowReader("Hi {{Name}} {{#each Items}}{{this}}, {{/each}}" + n))
            engine.Compile(reader)(writer, new Model());
        return text(new Model()) + " / " + writer;
    }
}

/// <summary>The weaver's slots lie in the classes that are derived from, and a proxy overrides what it can reach.</summary>
internal static class Interception
{
    public interface ISum
    {
        int Add(int a, int b);

        T Same<T>(T value);
    }

    public class Sum : ISum
    {
        public virtual int Add(int a, int b) => Echo(a) + b;

        public virtual T Same<T>(T value) => Echo(value);

        internal virtual string Inner(int n) => S("inner ") + n;
    }

    sealed class Times(int by) : IInterceptor
    {
        public void Intercept(IInvocation invocation)
        {
            S(1);
            invocation.Proceed();
            if (invocation.ReturnValue is int n)
                invocation.ReturnValue = Echo(n) * by;
        }
    }

    sealed class Hook : AllMethodsHook
    {
        public override bool ShouldInterceptMethod(Type type, System.Reflection.MethodInfo method) => S(base.ShouldInterceptMethod(type, method));
    }

    public static string Run(int n)
    {
        var generator = new ProxyGenerator();
        var sum = generator.CreateClassProxy<Sum>(new ProxyGenerationOptions(new Hook()), new Times(10), new Times(3));
        var through = generator.CreateInterfaceProxyWithTarget<ISum>(new Sum(), new Times(7));
        return $"{sum.Add(1, n)} {sum.Same("s")} {sum.Same(2)} {sum.Inner(n)} {through.Add(2, n)} {through.Same(n)} {through.Same(2.5)}";
    }
}
