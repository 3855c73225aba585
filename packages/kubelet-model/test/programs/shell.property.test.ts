import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calculate } from '../../src/programs/shell/arithmetic.ts'
import { parseScript } from '../../src/programs/shell/parser.ts'
import { printScript } from '../../src/programs/shell/print.ts'
import { ShellSyntaxError } from '../../src/programs/shell/syntax-error.ts'
import { box } from './box.ts'

const dollar = '$'
const plain = fc.constantFrom('a', 'foo', 'x1', '-n', '/etc/hosts', '*.txt', 'a=b', '~', '{}', '1', 'if')
const quoted = fc.constantFrom("'it  is'", "''", '"two  words"', '\\ ', '"a\\"b"', "'$x'", '"#"')
const names = fc.constantFrom('x', 'y', 'HOME', '1', '@', '?')

/** Texts of scripts that are right. */
const { script } = fc.letrec<{
  word: string
  part: string
  simple: string
  command: string
  item: string
  script: string
}>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    plain,
    quoted,
    names.map((name) => `${dollar}{${name}}`),
    names.map((name) => `"${dollar}${name} and more"`),
    fc
      .tuple(
        names,
        fc.constantFrom(':-', '-', ':=', '+', '%', '##', '/'),
        fc.constantFrom('a', '$x', "'q q'", '"d $y"', '*.x', ''),
      )
      .map(([name, sign, part]) => `${dollar}{${name}${sign}${part}${sign === '/' ? '/b' : ''}}`),
    tie('script').map((inner) => `${dollar}(${inner})`),
    tie('script').map((inner) => `"${dollar}(${inner})"`),
    fc.constantFrom(`${dollar}((1 + x * (2 - y)))`, `"${dollar}((i++))"`, '`echo old`', `${dollar}{#x}`),
  ),
  word: fc.array(tie('part'), { minLength: 1, maxLength: 2 }).map((parts) => parts.join('')),
  simple: fc
    .tuple(
      fc.constantFrom('', 'x=1 ', "y='a b' z= ", 'p+=q '),
      fc.constantFrom('echo', 'cat', ':', '[', 'test'),
      fc.array(tie('word'), { maxLength: 3 }),
      fc.constantFrom('', ' > /tmp/f', ' 2>&1', ' < /etc/hosts', ' >> f 2>/dev/null', ' &> all', ' <<< word', ' 3>&-'),
    )
    .map(([assigned, name, words, redirect]) => `${assigned}${name} ${words.join(' ')}${redirect}`),
  command: fc.oneof(
    { maxDepth: 3 },
    tie('simple'),
    tie('simple'),
    tie('script').map((body) => `{ ${body}\n}`),
    tie('script').map((body) => `(${body}\n)`),
    fc
      .tuple(tie('script'), tie('script'), tie('script'))
      .map(([one, two, three]) => `if ${one}\nthen ${two}\nelse ${three}\nfi`),
    fc
      .tuple(fc.constantFrom('while', 'until'), tie('script'), tie('script'))
      .map(([kind, condition, body]) => `${kind} ${condition}\ndo ${body}\ndone > /dev/null`),
    fc.tuple(tie('word'), tie('script')).map(([word, body]) => `for x in ${word} b\ndo ${body}\ndone`),
    fc.tuple(tie('word'), tie('script')).map(([word, body]) => `case ${word} in\n(a|b*) ${body}\n;;\n*) ;;\nesac`),
    tie('script').map((body) => `f() { ${body}\n}`),
    fc.constantFrom(
      '[[ $x == a* && ! -f $y ]]',
      '((x += 2))',
      'cat <<EOF\nto $x\n\\$y `z`\nEOF\n',
      "cat <<'EOF' \nas it $is\nEOF\n",
    ),
  ),
  item: fc
    .tuple(
      fc.constantFrom('', '! '),
      tie('command'),
      fc.constantFrom('', ' && ', ' || ', ' | '),
      tie('simple'),
      fc.constantFrom('', ' &'),
    )
    .map(([not, first, joint, second, end]) =>
      first.endsWith('EOF\n') ? first : `${not}${first}${joint === '' ? '' : joint + second}${end}`,
    ),
  script: fc.array(tie('item'), { minLength: 1, maxLength: 2 }).map((items) => items.join('\n')),
}))

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ';',
      '&',
      '|',
      '&&',
      '||',
      '\n',
      '(',
      ')',
      '{ ',
      '}',
      '<',
      '>',
      '>>',
      '<<E',
      '$(',
      '$((',
      '))',
      '${',
      '`',
    ),
    fc.constantFrom(
      'if ',
      'then ',
      'fi',
      'while ',
      'do ',
      'done',
      'for x in ',
      'case x in ',
      'esac',
      ';;',
      '! ',
      'f()',
      '[[ ',
      ']]',
    ),
    fc.constantFrom(
      'echo ',
      'x=',
      '$x',
      '"',
      "'",
      '\\',
      ' ',
      '*',
      '[a',
      '~',
      '#',
      '2>&1',
      ':-',
      'break',
      'exit 3',
      'set -e',
      'read y',
      'cd /',
    ),
    fc.constantFrom(
      'cat',
      'ls',
      'sed s/a/b/ ',
      'grep -E (',
      'seq 3',
      'trap : EXIT',
      'wait',
      'exec ',
      'eval ',
      'kill $$',
      'sleep 1',
      'printf %d ',
      'tar cf - ',
    ),
    fc.string({ maxLength: 3 }),
  ),
  { maxLength: 25 },
)

describe('the syntax of the shell', () => {
  it('PROP: a script that is printed reads as the same script', () => {
    fc.assert(
      fc.property(script, (source) => {
        const read = parseScript(source)
        expect(parseScript(printScript(read))).toEqual(read)
      }),
      { numRuns: 500 },
    )
  })

  it('PROP: any text is a script that prints and reads as the same, or an error of syntax', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string({ unit: 'binary', maxLength: 60 }),
        ),
        (source) => {
          let read: ReturnType<typeof parseScript>
          try {
            read = parseScript(source)
          } catch (error) {
            expect(error).toBeInstanceOf(ShellSyntaxError)
            return
          }
          expect(parseScript(printScript(read))).toEqual(read)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('PROP: calculates as 64-bit integers do', () => {
    const operators = fc.constantFrom('+', '-', '*', '&', '|', '^')
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 62n }),
        operators,
        fc.bigInt({ min: 0n, max: 2n ** 62n }),
        (left, operator, right) => {
          const exact = {
            '+': left + right,
            '-': left - right,
            '*': left * right,
            '&': left & right,
            '|': left | right,
            '^': left ^ right,
          }
          const variables = { get: () => '', set: () => {} }
          expect(calculate(`${left} ${operator} ${right}`, variables)).toBe(BigInt.asIntN(64, exact[operator as '+']))
        },
      ),
    )
  })
})

describe('the shell', () => {
  it('PROP: whatever it is given ends, or can be killed, and no error but its own comes out', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (all) => {
        const { start, clock } = await box()
        const { process, wrote } = start(['sh', '-c', all.join('')])
        await clock.advance(600_000)
        process.terminate()
        await clock.advance(1000)
        const code = await process.exited
        expect(code).toBeGreaterThanOrEqual(0)
        expect(code).toBeLessThanOrEqual(255)
        expect(wrote.stderr).not.toMatch(/TypeError|RangeError|undefined is not|Maximum call/)
      }),
      { numRuns: 300 },
    )
  })
})
