namespace Weft.Weaver.Analysis;

/// <summary>Strongly connected components (Tarjan), with its own stack: call graphs are deep.</summary>
internal static class Cycles
{
    /// <summary>The nodes that lie on a cycle, self loops included, in the order of <paramref name="nodes"/>.</summary>
    public static List<T> NodesOnCycles<T>(IReadOnlyList<T> nodes, Func<T, IEnumerable<T>> edges) where T : notnull
    {
        var index = new Dictionary<T, int>();
        var low = new Dictionary<T, int>();
        var open = new HashSet<T>();
        var path = new Stack<T>();
        var cyclic = new HashSet<T>();
        var calls = new Stack<(T Node, IEnumerator<T> Edges)>();

        foreach (var start in nodes)
        {
            if (index.ContainsKey(start))
                continue;
            Enter(start);
            while (calls.Count > 0)
            {
                var (node, edgesLeft) = calls.Peek();
                if (edgesLeft.MoveNext())
                {
                    var next = edgesLeft.Current;
                    if (next.Equals(node))
                        cyclic.Add(node);
                    if (!index.TryGetValue(next, out var seen))
                        Enter(next);
                    else if (open.Contains(next))
                        low[node] = Math.Min(low[node], seen);
                    continue;
                }
                calls.Pop();
                if (calls.Count > 0)
                    low[calls.Peek().Node] = Math.Min(low[calls.Peek().Node], low[node]);
                if (low[node] != index[node])
                    continue;
                var alone = path.Peek().Equals(node);
                for (var member = path.Pop(); ; member = path.Pop())
                {
                    open.Remove(member);
                    if (!alone)
                        cyclic.Add(member);
                    if (member.Equals(node))
                        break;
                }
            }
        }
        return [.. nodes.Where(cyclic.Contains)];

        void Enter(T node)
        {
            index[node] = low[node] = index.Count;
            open.Add(node);
            path.Push(node);
            calls.Push((node, edges(node).GetEnumerator()));
        }
    }
}
