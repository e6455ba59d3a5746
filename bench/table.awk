# The table of bench/run: medians over the passes, ratios of the medians, spread, allocation. Markdown, aligned.
# Input lines: "lang name procs value unit alloc", "lang name procs failed", "# a note for above the table".

/^#/ { notes = notes substr($0, 3) "\n"; next }
{
  row = $2 " " $3
  if (!(row in seen)) { seen[row] = 1; rows[++rowCount] = row }
  if ($4 == "failed") { failed[row, $1]++; next }
  unit[row] = $5
  value[row, $1, ++count[row, $1]] = $4 + 0
  if ($6 != "-") alloc[row, $1, ++allocs[row, $1]] = $6 + 0
  used[$1] = 1
}

# The median of v[row, lang, 1..n], -1 if there is none.
function median(v, n, row, lang,   i, j, t, s) {
  if (n == 0) return -1
  for (i = 1; i <= n; i++) s[i] = v[row, lang, i]
  for (i = 2; i <= n; i++) for (j = i; j > 1 && s[j - 1] > s[j]; j--) { t = s[j]; s[j] = s[j - 1]; s[j - 1] = t }
  return (s[int((n + 1) / 2)] + s[int((n + 2) / 2)]) / 2
}
function figure(row, lang) { return median(value, count[row, lang] + 0, row, lang) }
function number(x) { return x < 0 ? "-" : sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x) }
function cell(row, lang) { return (row, lang) in failed ? number(figure(row, lang)) " (" failed[row, lang] " failed)" : number(figure(row, lang)) }
function ratio(a, b) { return a < 0 || b <= 0 ? "-" : sprintf("%.2f", a / b) }
function spread(row, lang,   i, n, lo, hi, v) {
  n = count[row, lang] + 0
  if (n == 0) return "-"
  for (i = 1; i <= n; i++) {
    v = value[row, lang, i]
    if (i == 1 || v < lo) lo = v
    if (i == 1 || v > hi) hi = v
  }
  return lo > 0 ? sprintf("%.2f", hi / lo) : "-"
}
function bytes(row, lang,   x) {
  x = median(alloc, allocs[row, lang] + 0, row, lang)
  return x < 0 ? "-" : x < 10000 ? sprintf("%.1f", x) : x < 1e6 ? sprintf("%.0fk", x / 1e3) : sprintf("%.1fM", x / 1e6)
}

# A variant (skynet-tasks) is compared with the workload before the dash; parked-rss and fib-unwoven are figures of their own.
function base(row,   a) {
  split(row, a, " ")
  return sub(/-(inline|rendezvous|tasks|async)$/, "", a[1]) ? a[1] " " a[2] : row
}
function put(line, column, text) {
  cells[line, column] = text
  if (length(text) > width[column]) width[column] = length(text)
}
function names(row, a) { split(row, a, " ") }

END {
  columns = 0
  put(0, ++columns, "workload"); put(0, ++columns, "procs"); put(0, ++columns, "unit")
  put(0, ++columns, "Weft"); put(0, ++columns, "Go"); put(0, ++columns, "Tasks")
  put(0, ++columns, "Weft/Go"); put(0, ++columns, "Weft/Tasks")
  put(0, ++columns, "spread Weft, Go, Tasks"); put(0, ++columns, "B/op Weft"); put(0, ++columns, "B/op Tasks")
  for (i = 1; i <= rowCount; i++) {
    row = rows[i]
    names(row, a)
    w = figure(base(row), "weft")
    c = 0
    put(i, ++c, a[1]); put(i, ++c, a[2]); put(i, ++c, unit[row])
    put(i, ++c, cell(row, "weft")); put(i, ++c, cell(row, "go")); put(i, ++c, cell(row, "tasks"))
    put(i, ++c, ratio(w, figure(row, "go"))); put(i, ++c, ratio(w, figure(row, "tasks")))
    put(i, ++c, spread(row, "weft") ", " spread(row, "go") ", " spread(row, "tasks"))
    put(i, ++c, bytes(row, "weft")); put(i, ++c, bytes(row, "tasks"))
  }
  if (notes != "") printf "%s\n", notes
  for (i = 0; i <= rowCount; i++) {
    line = "|"
    for (c = 1; c <= columns; c++) line = line sprintf(c == 1 || c == 3 ? " %-" width[c] "s |" : " %" width[c] "s |", cells[i, c])
    print line
    if (i > 0) continue
    line = "|"
    for (c = 1; c <= columns; c++) {
      dashes = sprintf("%" width[c] "s", "")
      gsub(/ /, "-", dashes)
      line = line " " (c == 1 || c == 3 ? dashes : substr(dashes, 2) ":") " |"
    }
    print line
  }
  for (i = 1; i <= rowCount; i++) {
    names(rows[i], a)
    if (!sub(/-unwoven$/, "", a[1])) continue
    printf "\n%s, woven over unwoven: %s\n", a[1], ratio(figure(a[1] " " a[2], "weft"), figure(rows[i], "weft"))
    if (figure(a[1] "-parked " a[2], "weft") > 0)
      printf "%s, after a park: %s\n", a[1], ratio(figure(a[1] "-parked " a[2], "weft"), figure(rows[i], "weft"))
  }
}
