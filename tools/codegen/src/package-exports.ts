/** Puts the group and version entries into the manifest's exports, between `.` and what is written by hand. */
export function withEntries(manifest: string, entries: readonly string[]): string {
  const parsed: { exports: Record<string, unknown> } & Record<string, unknown> = JSON.parse(manifest)
  const kept = Object.entries(parsed.exports).filter(([name]) => !/^\.\/[a-z]+\/v\d/.test(name))
  const generated = entries.map((entry): [string, unknown] => [
    `./${entry}`,
    {
      'bonsai-source': `./src/generated/${entry}.ts`,
      types: `./dist/generated/${entry}.d.ts`,
      default: `./dist/generated/${entry}.js`,
    },
  ])
  const isLast = ([name]: [string, unknown]): boolean => name === './internal/*' || name === './package.json'
  const exports = Object.fromEntries([
    ...kept.filter((entry) => !isLast(entry)),
    ...generated,
    ...kept.filter((entry) => isLast(entry)),
  ])
  return `${JSON.stringify({ ...parsed, exports }, null, 2)}\n`
}
