import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTokenFile, TokenFileError } from '../../src/index.ts'

test('a line names a token, a user, a uid and groups in quotes', () => {
  const users = parseTokenFile('t1,jane,uid-1,"dev,ops"\nt2,bob,uid-2\n')
  expect(users.get('t1')).toEqual({ name: 'jane', uid: 'uid-1', groups: ['dev', 'ops'] })
  expect(users.get('t2')).toEqual({ name: 'bob', uid: 'uid-2', groups: [] })
})

test.each(['t1,jane', 't1', 't1,"jane,uid'])('a line that is not whole is refused with its number: %s', (line) => {
  expect(() => parseTokenFile(`ok,name,uid\n${line}`)).toThrow(TokenFileError)
  expect(() => parseTokenFile(`ok,name,uid\n${line}`)).toThrow(/^line 2: /)
})

test('any text in quotes comes back as it was', () => {
  const text = fc.string({ minLength: 1 }).filter((one) => !/[\r\n]/.test(one) && one.trim() !== '')
  fc.assert(
    fc.property(text, text, (name, uid) => {
      const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`
      expect(parseTokenFile(`t,${quoted(name)},${quoted(uid)}`).get('t')).toEqual({ name, uid, groups: [] })
    }),
  )
})
