import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Regex } from '../../src/programs/commands/regex/regex.ts'
import { matchesGlob } from '../../src/programs/shell/glob.ts'
import { CommandError, NotModelled } from '../../src/programs/shell/shell-error.ts'
import { box } from './box.ts'

const { pattern } = fc.letrec<{ atom: string; pattern: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\.', '^', '$'),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  pattern: fc
    .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{1,2}', '|')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([atom, sign]) => (/^[\^$]/.test(atom) && sign !== '|' ? atom : atom + sign)).join(''))
    .filter((text) => !/(^|\()\||\|(\||$|\))/.test(text)),
}))
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), maxLength: 12 })

describe('regular expressions', () => {
  it('PROP: match where those of JavaScript match, and never less', () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const found = new Regex(source, { extended: true }).match([...subject])
        const known = new RegExp(source, 'u').exec(subject)
        expect(found?.[0]).toBe(known?.index)
        if (found && known) expect((found[1] ?? 0) - (found[0] ?? 0)).toBeGreaterThanOrEqual(known[0].length)
      }),
      { numRuns: 1000 },
    )
  })

  it('PROP: any text is an expression, or an error that says why', () => {
    const any = fc.string({ unit: fc.constantFrom(...'ab.*+?|()[]{}^$\\,12-:'), maxLength: 15 })
    fc.assert(
      fc.property(any, fc.boolean(), text, (source, extended, subject) => {
        try {
          new Regex(source, { extended }).match([...subject])
        } catch (error) {
          expect(error instanceof CommandError || error instanceof NotModelled).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('PROP: a pattern of names matches what it was made of', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 12 }), (name, at) => {
        expect(matchesGlob(`${name.slice(0, at)}*`, name)).toBe(true)
        expect(matchesGlob(`*${name.slice(at)}`, name)).toBe(true)
        expect(matchesGlob(`${name}x`, name)).toBe(false)
      }),
    )
  })
})

describe('tar', () => {
  const name = fc
    .string({ unit: fc.constantFrom('a', 'b', 'ü', ' ', '-', '0'), minLength: 1, maxLength: 70 })
    .filter((one) => one.trim() !== '')
  const tree = fc.uniqueArray(
    fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.uint8Array({ maxLength: 1500 })),
    {
      selector: ([path]) => path[0],
      maxLength: 6,
    },
  )

  it('PROP: what is packed is unpacked, byte by byte', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const one = await box()
        one.files.makeDirectory('/in')
        for (const [path, bytes] of files) {
          one.files.makeDirectory(`/in/${path.slice(0, -1).join('/')}`, { parents: true })
          one.files.write(`/in/${path.join('/')}`, bytes)
        }
        expect(await one.out('mkdir /out; tar -C /in -cf - . | tar -xf - -C /out')).toBe('')
        for (const [path, bytes] of files) expect(one.files.readBytes(`/out/${path.join('/')}`)).toEqual(bytes)
        expect(await one.out('cd /in; find . | sort > /a; cd /out; find . | sort > /b; sort /a /b | uniq -u')).toBe('')
      }),
      { numRuns: 40 },
    )
  })

  it('PROP: whatever bytes are unpacked, it ends and says what is wrong', async () => {
    const one = await box()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1200 }), async (bytes) => {
        const { code, stderr } = await one.exec(['tar', 'xf', '-', '-C', '/tmp'], { input: bytes })
        if (bytes.some((byte) => byte !== 0)) expect([code, stderr.startsWith('tar: ')]).toEqual([1, true])
      }),
      { numRuns: 100 },
    )
  })
})
