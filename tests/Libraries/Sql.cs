// Dapper over a database that is a list, and answers late.

using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Dapper;

namespace Libraries;

internal static class Sql
{
    public sealed record Person(int Id, string Name, DateTime Born, Level Level);

    public sealed class Pet
    {
        public int PetId { get; set; }
        public string? Kind { get; set; }
        public Person? Owner { get; set; }
    }

    public enum Level { Low, High }

    sealed class LevelHandler : SqlMapper.TypeHandler<Uri>
    {
        public override Uri Parse(object value) => new(Echo((string)value));
        public override void SetValue(IDbDataParameter parameter, Uri? value) => parameter.Value = Echo(value!.ToString());
    }

    public static string Run(int n)
    {
        SqlMapper.AddTypeHandler(new LevelHandler());
        using var connection = new SlowConnection();
        var people = connection.Query<Person>("people", new { n, names = new[] { "a", "b" }, link = new Uri("https://example.org/") }).ToList();
        var lazy = connection.Query<Person>("people", buffered: false).Select(p => S(p.Id)).Sum();
        var pets = connection.Query<Person, Pet, Pet>("pets", (p, pet) =>
        {
            pet.Owner = Echo(p);
            return pet;
        }, splitOn: "PetId").ToList();
        var dynamic = string.Join(",", connection.Query("people").Select(r => (string)r.Name));
        var one = connection.QuerySingleOrDefault<Person>("nobody");
        var scalar = connection.ExecuteScalar<int>("count");
        var message = "";
        try
        {
            connection.QuerySingle<Person>("people");
        }
        catch (InvalidOperationException e)
        {
            message = e.Message;
        }
        return $"{string.Join(" ", people)}; {lazy}; {string.Join(",", pets.Select(p => $"{p.Kind} of {p.Owner!.Name}"))}; {dynamic}; {one}; {scalar}; {message}; {connection.Log}";
    }

    sealed class SlowConnection : DbConnection
    {
        readonly List<string> log = [];
        ConnectionState state;

        public string Log => string.Join("/", log);
        [AllowNull] public override string ConnectionString { get; set; } = "";
        public override string Database => "list";
        public override string DataSource => "memory";
        public override string ServerVersion => "1";
        public override ConnectionState State => state;
        public override void ChangeDatabase(string databaseName) { }
        public override void Close() => state = S(ConnectionState.Closed);
        public override void Open() => state = Echo(ConnectionState.Open);
        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();
        protected override DbCommand CreateDbCommand() => new SlowCommand(this);

        public void Note(string s) => log.Add(s);
    }

    sealed class SlowCommand(SlowConnection connection) : DbCommand
    {
        readonly Parameters parameters = new();

        [AllowNull] public override string CommandText { get; set; } = "";
        public override int CommandTimeout { get; set; }
        public override CommandType CommandType { get; set; }
        public override bool DesignTimeVisible { get; set; }
        public override UpdateRowSource UpdatedRowSource { get; set; }
        protected override DbConnection? DbConnection { get; set; } = connection;
        protected override DbParameterCollection DbParameterCollection => parameters;
        protected override DbTransaction? DbTransaction { get; set; }
        public override void Cancel() { }
        public override void Prepare() { }
        public override int ExecuteNonQuery() => S(0);
        public override object? ExecuteScalar() => Echo<object>(7);
        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            connection.Note($"{CommandText}({string.Join(",", parameters.Select(p => $"{p.ParameterName}={p.Value}"))})");
            return Echo(CommandText) switch
            {
                "people" => new SlowRows(["Id", "Name", "Born", "Level"], [1, "Ann", new DateTime(2001, 2, 3), 1], [2, "Bob", new DateTime(1999, 12, 31), 0]),
                "pets" => new SlowRows(["Id", "Name", "Born", "Level", "PetId", "Kind"], [1, "Ann", new DateTime(2001, 2, 3), 1, 10, "cat"], [2, "Bob", new DateTime(1999, 12, 31), 0, 11, "dog"]),
                _ => new SlowRows(["Id", "Name", "Born", "Level"]),
            };
        }
    }

    sealed class SlowRows(string[] names, params object[][] rows) : DbDataReader
    {
        static readonly object[] types = [1, "", DateTime.MinValue, 1, 1, ""];
        int at = -1;

        public override object this[int ordinal] => rows[at][ordinal];
        public override object this[string name] => rows[at][GetOrdinal(name)];
        public override int Depth => 0;
        public override int FieldCount => names.Length;
        public override bool HasRows => rows.Length > 0;
        public override bool IsClosed => false;
        public override int RecordsAffected => -1;
        public override bool GetBoolean(int ordinal) => (bool)this[ordinal];
        public override byte GetByte(int ordinal) => (byte)this[ordinal];
        public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();
        public override char GetChar(int ordinal) => (char)this[ordinal];
        public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();
        public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;
        public override DateTime GetDateTime(int ordinal) => (DateTime)this[ordinal];
        public override decimal GetDecimal(int ordinal) => (decimal)this[ordinal];
        public override double GetDouble(int ordinal) => (double)this[ordinal];
        public override IEnumerator GetEnumerator() => throw new NotSupportedException();
        public override Type GetFieldType(int ordinal) => types[ordinal].GetType();
        public override float GetFloat(int ordinal) => (float)this[ordinal];
        public override Guid GetGuid(int ordinal) => (Guid)this[ordinal];
        public override short GetInt16(int ordinal) => (short)this[ordinal];
        public override int GetInt32(int ordinal) => (int)this[ordinal];
        public override long GetInt64(int ordinal) => (long)this[ordinal];
        public override string GetName(int ordinal) => names[ordinal];
        public override int GetOrdinal(string name) => Array.IndexOf(names, name);
        public override string GetString(int ordinal) => (string)this[ordinal];
        public override object GetValue(int ordinal) => S(this[ordinal]);
        public override int GetValues(object[] values) => throw new NotSupportedException();
        public override bool IsDBNull(int ordinal) => this[ordinal] is DBNull;
        public override bool NextResult() => S(false);
        public override bool Read() => Echo(++at) < rows.Length;
    }

    sealed class Parameter : DbParameter
    {
        public override DbType DbType { get; set; }
        public override ParameterDirection Direction { get; set; }
        public override bool IsNullable { get; set; }
        [AllowNull] public override string ParameterName { get; set; } = "";
        public override int Size { get; set; }
        [AllowNull] public override string SourceColumn { get; set; } = "";
        public override bool SourceColumnNullMapping { get; set; }
        public override object? Value { get; set; }
        public override void ResetDbType() { }
    }

    sealed class Parameters : DbParameterCollection, IEnumerable<DbParameter>
    {
        readonly List<DbParameter> all = [];

        public override int Count => all.Count;
        public override object SyncRoot => all;
        public override int Add(object value)
        {
            all.Add((DbParameter)value);
            return all.Count - 1;
        }

        public override void AddRange(Array values) => all.AddRange(values.Cast<DbParameter>());
        public override void Clear() => all.Clear();
        public override bool Contains(object value) => all.Contains((DbParameter)value);
        public override bool Contains(string value) => IndexOf(value) >= 0;
        public override void CopyTo(Array array, int index) => throw new NotSupportedException();
        public override IEnumerator GetEnumerator() => all.GetEnumerator();
        public override int IndexOf(object value) => all.IndexOf((DbParameter)value);
        public override int IndexOf(string parameterName) => all.FindIndex(p => p.ParameterName == parameterName);
        public override void Insert(int index, object value) => all.Insert(index, (DbParameter)value);
        public override void Remove(object value) => all.Remove((DbParameter)value);
        public override void RemoveAt(int index) => all.RemoveAt(index);
        public override void RemoveAt(string parameterName) => all.RemoveAt(IndexOf(parameterName));
        protected override DbParameter GetParameter(int index) => all[index];
        protected override DbParameter GetParameter(string parameterName) => all[IndexOf(parameterName)];
        protected override void SetParameter(int index, DbParameter value) => all[index] = value;
        protected override void SetParameter(string parameterName, DbParameter value) => all[IndexOf(parameterName)] = value;
        IEnumerator<DbParameter> IEnumerable<DbParameter>.GetEnumerator() => all.GetEnumerator();
    }
}
