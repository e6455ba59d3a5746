// What the compiler of F# makes of suspension points: curried and inlined functions, closures as classes, tail calls, unions, active patterns,
// computation expressions, inref and byref, object expressions, resumable tasks, struct closures. Prints the same woven and unwoven.
module CorpusFs.Program

open System
open System.Collections.Generic
open Weft

let w (value: 'T) =
    Goroutine.Yield()
    value

let out (value: obj) = Console.WriteLine("  " + Convert.ToString(value, Globalization.CultureInfo.InvariantCulture))

type Tree<'T> =
    | Leaf
    | Node of left: Tree<'T> * value: 'T * right: Tree<'T>

let rec insert v tree =
    match tree with
    | Leaf -> Node(Leaf, w v, Leaf)
    | Node(l, x, r) when v < x -> Node(insert v l, w x, r)
    | Node(l, x, r) -> Node(l, x, insert (w v) r)

let rec fold f state =
    function
    | Leaf -> state
    | Node(l, x, r) -> fold f (f (fold f state l) (w x)) r

let rec loop n total = if n = 0 then w total else loop (n - 1) (total + w n)

let (|Even|Odd|) n = if w n % 2 = 0 then Even(n / 2) else Odd n

let inline twice f x = f (w (f x))

let add (a: byref<int>) b = a <- a + w b

[<Struct>]
type Point =
    { X: int
      Y: int }
    member p.Sum() = w p.X + p.Y
    static member (+)(a: Point, b: Point) = { X = w a.X + b.X; Y = a.Y + w b.Y }

type IShape =
    abstract Area: int -> int
    abstract Name: string

[<AbstractClass>]
type Shape(name: string) =
    let hidden = w name
    abstract Area: int -> int
    default _.Area n = w n * 2
    interface IShape with
        member s.Area n = s.Area(w n) + 1
        member _.Name = w hidden

type Square() =
    inherit Shape("square")
    override _.Area n = base.Area n * n

let functions () =
    out (loop 50 0)
    let add3 a b c = w a + b + w c
    let partial = add3 1 (w 2)
    out (List.map partial [ w 1; 2; 3 ])
    out (twice (fun x -> w x * 3) 5)
    let mutable n = 1
    add &n 5
    out n
    let cell = ref 10
    let bump () = cell.Value <- cell.Value + w 1
    bump ()
    bump ()
    out cell.Value
    out (match 7 with
         | Even h -> sprintf "even %d" h
         | Odd o -> sprintf "odd %d" (w o))
    out (sprintf "%d %s" (w 1) (w "two"))
    out $"{w 3} and {w 4:D2}"
    let composed = (fun x -> w x + 1) >> (fun x -> w x * 2)
    out (composed 4)

let types () =
    let tree = List.fold (fun t v -> insert v t) Leaf [ 5; 2; 8; w 1; 9 ]
    out (fold (fun s x -> s * 10 + w x) 0 tree)
    let shapes: IShape list =
        [ Square()
          { new IShape with
              member _.Area n = w n - 1
              member _.Name = w "anonymous" } ]
    for s in shapes do
        out (s.Name + string (s.Area 3))
    let p = { X = 1; Y = 2 } + w { X = 10; Y = w 20 }
    out (p.Sum())
    let { X = x } = { p with Y = w 0 }
    out x
    let map = Map.ofList [ (w "a", 1); ("b", w 2) ]
    out (map |> Map.fold (fun s k v -> s + k + string (w v)) "")
    let points = [| for i in 1..3 -> { X = w i; Y = i } |]
    points[1] <- { points[w 1] with Y = w 7 }
    out (points |> Array.sumBy (fun p -> w p.Y))

let handlers () =
    for i in 0..2 do
        try
            try
                if w i = 1 then invalidArg "i" "one"
                if i = 2 then failwith "two"
                out "fine"
            with
            | :? ArgumentException as e -> out ("argument " + w (e.Message.Substring(0, 3)))
            | Failure m when w m = "two" -> out ("failure " + w m)
        finally
            out (sprintf "finally %d" (w i))
    use d = { new IDisposable with member _.Dispose() = out (sprintf "disposed %d" (w 1)) }
    lock d (fun () -> out (w "locked"))
    let rec deep n = if n = 0 then raise (InvalidOperationException("deep")) else 1 + deep (w (n - 1))
    try
        out (deep 5)
    with e ->
        out (w e.Message)

let sequences () =
    let numbers n = seq {
        for i in 1..n do
            yield w i
        yield! [ w 100; 200 ]
    }
    out (numbers 3 |> Seq.map (fun x -> w x * 2) |> Seq.sum)
    for n in numbers 1 do
        out (w n)
    let ch = Chan<int>()
    let wg = WaitGroup()
    for i in 1..3 do
        wg.Go(fun () -> ch.Send(w i * 10))
    out ([ for _ in 1..3 -> ch.Receive() ] |> List.sort |> List.sum)
    wg.Wait()
    out ((task {
        let a = w 1
        do! Threading.Tasks.Task.Yield()
        return a + w 2
    }).Result)
    out (Async.RunSynchronously(async {
        let! x = async { return w 5 }
        return x + w 6
    }))
    let events = Event<int>()
    events.Publish.Add(fun n -> out (w n))
    events.Publish.Add(fun n -> out (w (n * 2)))
    events.Trigger(w 4)
    let d = Dictionary<string, int>()
    d["k"] <- w 1
    d["k"] <- d["k"] + w 2
    out d["k"]
    let mutable f = Func<int, int>(fun x -> w x + 1)
    out (f.Invoke 3)
    let span = [| 1; 2; 3 |].AsSpan()
    let mutable sum = 0
    for i in 0 .. span.Length - 1 do
        sum <- sum + span[i]
    out (w sum)

[<EntryPoint>]
let main _ =
    for (name, body) in [ ("fs.functions", functions); ("fs.types", types); ("fs.handlers", handlers); ("fs.sequences", sequences) ] do
        Console.WriteLine(name: string)
        body ()
    Console.WriteLine("done")
    42
