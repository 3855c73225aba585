// Turns the ```ts blocks of a Markdown text into programs: a line `expression // => value` becomes an assertion.
const assertion = /^(\s*)(.*?)\s*\/\/ => (.+)$/

/** One example: its source, and the line of the page on which it begins. */
export interface Program {
  readonly line: number
  readonly source: string
}

/** The programs of `markdown`, each with the line at which its block begins. Blocks marked `ts no-run` are left out. */
export function programs(markdown: string): readonly Program[] {
  const found: Program[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    if (lines[index]?.trim() !== '```ts') continue
    const start = index + 2
    const body: string[] = []
    for (index++; index < lines.length && lines[index]?.trim() !== '```'; index++) body.push(lines[index] ?? '')
    found.push({ line: start, source: body.join('\n') })
  }
  return found
}

/** The program with its assertions made real; `where` appears in what a failure says. */
export function instrument(source: string, where: string): string {
  const head = `import { deepStrictEqual as __equal } from 'node:assert/strict'\n`
  const plain = '(value) => (value === undefined ? value : JSON.parse(JSON.stringify(value)))'
  const body = source.split('\n').map((line, index) => {
    const match = assertion.exec(line)
    if (!match) return line
    const [, indent = '', code = '', value = ''] = match
    const declared = /^(?:const|let)\s+(\w+)\b/.exec(code)?.[1]
    const message = JSON.stringify(`${where}, line ${index + 1}: ${code}`)
    const check = (expression: string): string => `__equal((${plain})(${expression}), (${plain})(${value}), ${message})`
    return declared !== undefined
      ? `${indent}${code}; ${check(declared)}`
      : `${indent};${check(code.replace(/;$/, ''))}`
  })
  return `${head}${body.join('\n')}\nexport {}\n`
}
