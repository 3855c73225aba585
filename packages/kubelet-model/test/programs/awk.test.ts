import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, Input, numberOf, textOf } from '../../src/programs/commands/awk/values.ts'
import { box } from './box.ts'

const table = 'alice 30 rome\nbob 25 paris\ncarol 35 rome\n'

/** What a program writes over some lines. */
async function run(program: string, input = table, options = ''): Promise<string> {
  const { exec, files } = await box()
  files.write('/tmp/p', program)
  const { code, stdout, stderr } = await exec(['sh', '-c', `awk ${options} "$(cat /tmp/p)"`], { input })
  return code === 0 && stderr === '' ? stdout : `${code}: ${stdout}${stderr}`
}

describe('awk', () => {
  it('does what patterns ask for with the fields of lines', async () => {
    expect(await run('{print $2}')).toBe('30\n25\n35\n')
    expect(await run('/rome/{print $1}')).toBe('alice\ncarol\n')
    expect(await run('$2 > 26')).toBe('alice 30 rome\ncarol 35 rome\n')
    expect(await run('NR==2,NR==3{print NR": "$NF}')).toBe('2: paris\n3: rome\n')
    expect(await run('$3 !~ /^r/ || NR == 1 {print $1, NF}')).toBe('alice 3\nbob 3\n')
    expect(await run('{$2="x"; print; print $0}', 'a b c\n')).toBe('a x c\na x c\n')
    expect(await run('/^  HTTP/{print $2}', '  HTTP/1.1 200 OK\n  server: x\n')).toBe('200\n')
  })

  it('takes fields apart by what it is told', async () => {
    expect(await run('{print $2}', 'a:b:c\n', '-F:')).toBe('b\n')
    expect(await run('{print $2}', 'a, b,c\n', "-F ', *'")).toBe('b\n')
    expect(await run('BEGIN{FS="\\t"; OFS="-"} {$1=$1; print}', 'a b\tc\n')).toBe('a b-c\n')
    expect(await run('{print x, $1}', 'l\n', '-v x=5')).toBe('5 l\n')
  })

  it('counts, adds up and sorts nothing by itself', async () => {
    expect(await run('{s += $2} END {print s, s / NR}')).toBe('90 30\n')
    expect(await run('{n[$3]++} END {for (k in n) print k, n[k]}')).toBe('rome 2\nparis 1\n')
    expect(await run('!seen[$3]++')).toBe('alice 30 rome\nbob 25 paris\n')
    expect(await run('END {if ("x" in a) print "there"; else print "not", length(a)}')).toBe('not 0\n')
    expect(await run('BEGIN {a["x"]=1; delete a["x"]; print ("x" in a); a[1,2]=3; print ((1,2) in a)}')).toBe('0\n1\n')
  })

  it('has loops, conditions and functions', async () => {
    expect(await run('BEGIN {for (i=1; i<=3; i++) printf "%d,", i; print ""}')).toBe('1,2,3,\n')
    expect(await run('BEGIN {while (i < 2) {i++; if (i == 1) continue; print i}}')).toBe('2\n')
    expect(await run('BEGIN {do {i++} while (i < 5); print i}')).toBe('5\n')
    expect(await run('BEGIN {print length("abc"), substr("hello", 2, 3), index("foobar", "bar"), toupper("x")}')).toBe(
      '3 ell 4 X\n',
    )
    expect(await run('BEGIN {s = "a-b-c"; n = gsub(/-/, "[&]", s); print n, s; print split("x y", p), p[2]}')).toBe(
      '2 a[-]b[-]c\n2 y\n',
    )
    expect(await run('BEGIN {print match("foobar", /o+/), RSTART, RLENGTH}')).toBe('2 2 2\n')
    expect(await run('BEGIN {printf "%s %5.2f|%-4s|%03d %c\\n", "a", 3.14159, "b", 7.9, "xyz"}')).toBe(
      'a  3.14|b   |007 x\n',
    )
    expect(await run('{if ($1 == "bob") next; print $1}')).toBe('alice\ncarol\n')
    expect(await run('NR == 2 {exit 3} {print}')).toBe('3: alice 30 rome\n')
  })

  it('compares as numbers what looks like numbers, and reads expressions as awk does', async () => {
    expect(await run('{print ($1 < $2)}', '10 9\n')).toBe('0\n')
    expect(await run('{print ($1 < "9")}', '10\n')).toBe('1\n')
    expect(await run('BEGIN {print 1 + 2 * 3 ^ 2, -2 ^ 2, 7 % 4, 1 " " 2, 1e6, 0.1 + 0.2, 100000 * 100000}')).toBe(
      '19 -4 3 1 2 1000000 0.3 10000000000\n',
    )
    expect(await run('BEGIN {x = y = 2; x += 3; print x, y, x > y ? "more" : "less"}')).toContain('files and pipes')
    expect(await run('BEGIN {x = 5; print (x > 2 ? "more" : "less"), !x, x++ + ++x}')).toBe('more 0 12\n')
    expect(await run('# a comment\nBEGIN { print "a" \\\n "b" } # more\n')).toBe('ab\n')
  })

  it('refuses what is not modelled, and what makes no sense', async () => {
    const failing = async (program: string) => (await run(program)).replace(/\n$/, '')
    expect(await failing('function f(x) {return x}')).toMatch(/not modelled/)
    expect(await failing('{print > "/tmp/x"}')).toMatch(/not modelled/)
    expect(await failing('{print | "sort"}')).toMatch(/not modelled/)
    expect(await failing('BEGIN {getline x}')).toMatch(/not modelled/)
    expect(await failing('{print $1')).toBe('1: awk: unexpected end of line')
    expect(await failing('BEGIN {print 1/0}')).toBe('2: awk: division by zero')
    expect(await failing('{print $-1}')).toBe('2: awk: attempt to access field -1')
    expect(await failing(`BEGIN {print ${'('.repeat(5000)}`)).toMatch(/nested too deeply/)
  })

  it('lets time go on where it never ends', async () => {
    const { sh, clock } = await box()
    const before = clock.now()
    expect((await sh("awk 'BEGIN {while (1) i++}'", { limit: 60_000 })).code).toBe(-1)
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000)
  })

  it('any text whatever is a program, or is refused', async () => {
    const { exec } = await box()
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '$',
      '1',
      'x',
      'print',
      ' ',
      ';',
      '\n',
      '/',
      '"',
      'in',
      '~',
      '!',
      '+',
      '=',
      'for',
      'if',
      'END',
      ',',
      '[',
      ']',
      'a',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const { code } = await exec(['awk', pieces.join('')], { input: 'a 1\n', limit: 1000 })
        expect([-1, 0, 1, 2]).toContain(code)
      }),
      { numRuns: 300 },
    )
  })

  it('numbers and texts always compare one way round, and texts of whole numbers are those numbers', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.string({ maxLength: 4 }),
      fc.string({ maxLength: 4 }).map((text) => new Input(text)),
    )
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(Math.sign(compare(a, b))).toBe(0 - Math.sign(compare(b, a)) || 0)
      }),
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), (whole) => {
        expect(numberOf(textOf(whole))).toBe(whole)
      }),
    )
  })
})
