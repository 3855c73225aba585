import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathParts, requestInfo, UnfinishedPath } from '../../src/request/request-info.ts'

const part = fc.constantFrom('api', 'apis', 'v1', 'apps', 'namespaces', 'pods', 'watch', 'proxy', 'status', 'x', '')
const path = fc.array(part, { maxLength: 9 }).map((parts) => `/${parts.join('/')}`)

test('every path is read as something, and slashes at its end change nothing', () => {
  fc.assert(
    fc.property(path, fc.constantFrom('GET', 'POST', 'DELETE'), (text, method) => {
      const read = (one: string) => {
        try {
          return requestInfo({ method, path: one })
        } catch (error) {
          if (error instanceof UnfinishedPath) return 'unfinished'
          throw error
        }
      }
      const info = read(text)
      const longer = read(`${text}//`)
      if (info === 'unfinished' || longer === 'unfinished') expect(longer).toBe(info)
      else if (info.isResource) expect(longer).toEqual(info)
      else expect(longer.isResource).toBe(false)
    }),
  )
})

test('the parts of a path never begin or end with nothing', () => {
  fc.assert(
    fc.property(path, (text) => {
      const parts = pathParts(text)
      expect(parts.length === 0 || (parts[0] !== '' && parts.at(-1) !== '')).toBe(true)
    }),
  )
})
