/** Columns padded to their widest cell and three spaces apart, as kubectl prints them. Cells may hold colour codes. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => visibleWidth(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - visibleWidth(cell) + 3),
      )
      .join('')
      .trimEnd()
  return `${all.map(line).join('\n')}\n`
}

function visibleWidth(text: string): number {
  return text.replace(/\u001b\[[0-9;]*m/g, '').length
}
