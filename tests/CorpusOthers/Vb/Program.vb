' What the compiler of Visual Basic makes of suspension points: Static locals, With, On Error, SyncLock, Handles, late binding, ByRef copies,
' iterators and Async, filters. Prints the same woven and unwoven.

Imports System
Imports System.Collections.Generic
Imports System.Linq
Imports System.Threading.Tasks
Imports Weft

Friend Interface IShape
    Function Area(n As Integer) As Integer
    Property Name As String
    Event Grown As Action(Of Integer)
End Interface

Friend MustInherit Class Shape
    Implements IShape

    Public Event Grown As Action(Of Integer) Implements IShape.Grown

    Public Property Name As String = "shape" Implements IShape.Name

    Public MustOverride Function Area(n As Integer) As Integer Implements IShape.Area

    Protected Sub Grow(n As Integer)
        RaiseEvent Grown(W(n))
    End Sub
End Class

Friend Class Square
    Inherits Shape

    Public Overrides Function Area(n As Integer) As Integer
        Static calls As Integer = 0
        calls += W(1)
        Grow(calls)
        Return W(n) * n + calls
    End Function

    Default Public ReadOnly Property Item(i As Integer) As String
        Get
            Return "item " & W(i)
        End Get
    End Property
End Class

Friend Structure Pair
    Public A, B As Integer

    Public Sub Swap()
        Dim t = W(A)
        A = B
        B = W(t)
    End Sub

    Public Shared Operator +(x As Pair, y As Pair) As Pair
        Return New Pair With {.A = W(x.A) + y.A, .B = x.B + W(y.B)}
    End Operator
End Structure

Friend Module Program
    Public Function W(Of T)(value As T) As T
        Goroutine.Yield()
        Return value
    End Function

    Private Sub Out(value As Object)
        Console.WriteLine("  " & Convert.ToString(value, Globalization.CultureInfo.InvariantCulture))
    End Sub

    Private WithEvents _watched As New Square()

    Private Sub OnGrown(n As Integer) Handles _watched.Grown
        Out("grown " & W(n))
    End Sub

    Private Sub Change(ByRef n As Integer)
        n += W(5)
        n *= W(2)
    End Sub

    Private Sub Classes()
        Out(_watched.Area(3) & _watched(2) & _watched.Area(4))
        Dim s As IShape = _watched
        Change(_watched.Name.Length)
        s.Name = W("square")
        With s
            .Name &= W("!")
            Out(.Name & .Area(W(2)))
        End With
        Dim p As New Pair With {.A = 1, .B = 2}
        p.Swap()
        p += W(New Pair With {.A = 10, .B = W(20)})
        Out(p.A & "," & p.B)
        Dim box As New Dictionary(Of String, Integer) From {{"a", W(1)}, {"b", W(2)}}
        Dim n = 4
        Change(n)
        Change(box("b"))
        Out(n & " " & box("a") & " " & box("b"))
        Dim items = {W(3), 1, W(2)}
        Change(items(1))
        Out(String.Join(",", From i In items Order By W(i) Select W(i) + 1))
    End Sub

    Private Sub Errors()
        For i = 0 To 2
            Try
                If W(i) = 1 Then Throw New ArgumentException("arg " & i)
                If i = 2 Then Throw New InvalidOperationException("op " & W(i))
                Out("fine " & i)
            Catch e As ArgumentException When e.Message.EndsWith("1") AndAlso W(True)
                Out("filtered " & W(e.Message))
            Catch e As Exception
                Out("caught " & W(e.Message))
                If W(i) > 100 Then Throw
            Finally
                Out("finally " & W(i))
            End Try
        Next
        Out(Resumed())
        SyncLock items
            Out("locked " & W(1))
        End SyncLock
        Using New Closing()
            Out(W("using"))
        End Using
    End Sub

    Private ReadOnly items As New List(Of Integer)

    Private NotInheritable Class Closing
        Implements IDisposable

        Public Sub Dispose() Implements IDisposable.Dispose
            Out("disposed " & W(1))
        End Sub
    End Class

    Private Function Resumed() As String
        Dim text = "start"
        On Error Resume Next
        text &= W(" one")
        Throw New Exception("ignored")
        text &= W(" two")
        Return text & Err.Description
    End Function

    Private Iterator Function Numbers(n As Integer) As IEnumerable(Of Integer)
        Try
            For i = 1 To n
                Yield W(i) * 2
            Next
        Finally
            Out("end of numbers " & W(n))
        End Try
    End Function

    Private Async Function Later(n As Integer) As Task(Of Integer)
        Dim first = W(n)
        Await Task.Yield()
        Return first + W(n)
    End Function

    Private Sub Sequences()
        For Each n In Numbers(3)
            Out(W(n))
            If n = 4 Then Exit For
        Next
        Out(Numbers(2).Sum() + Later(W(4)).Result)
        Dim late As Object = New Square()
        Dim f As Func(Of Integer, Integer) = Function(x) W(x) + 1
        f = DirectCast([Delegate].Combine(f, New Func(Of Integer, Integer)(Function(x) W(x) * 10)), Func(Of Integer, Integer))
        Out(f(3))
        Dim total = 0
        Parallel2(Sub(k) total += W(k), 1, 2, 3)
        Out(total)
        Select Case W("x" & total)
            Case "x6"
                Out("six")
            Case Else
                Out("other")
        End Select
        Dim text = <root><%= W(total) %></root>.Value
        Out(text & If(W(text), "none"))
    End Sub

    Private Sub Parallel2(body As Action(Of Integer), ParamArray values As Integer())
        Dim done As New WaitGroup()
        Dim mutex As New GoMutex()
        For Each v In values
            Dim mine = v
            done.Go(Sub()
                        mutex.Lock()
                        body(mine)
                        mutex.Unlock()
                    End Sub)
        Next
        done.Wait()
    End Sub

    Public Function Main(args As String()) As Integer
        For Each c In New(String, Action)() {("vb.classes", AddressOf Classes), ("vb.errors", AddressOf Errors), ("vb.sequences", AddressOf Sequences)}
            Console.WriteLine(c.Item1)
            c.Item2()
        Next
        Console.WriteLine("done")
        Return 42
    End Function
End Module
