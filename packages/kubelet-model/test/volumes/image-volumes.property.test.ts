import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ContainerFiles, directoryEntry, FileError } from '../../src/index.ts'
import { ImageContents } from '../../src/runtime/image-contents.ts'

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
/** No file lies below another one. */
const published = fc
  .dictionary(fc.constantFrom('a/a', 'a/b/c', 'b', 'c/a'), fc.string(), { minKeys: 1 })
  .map((files) => Object.fromEntries(Object.entries(files).map(([at, text]) => [`/${at}`, text])))
const change = fc.oneof(
  fc.record({ kind: fc.constantFrom('write', 'remove', 'makeDirectory'), path }),
  fc.record({ kind: fc.constantFrom('rename', 'link'), path, to: path }),
)

test('Image volumes (KEP-4639), PROP: no container changes what an image holds, and all that mount it see the same bytes', () => {
  fc.assert(
    fc.property(published, fc.array(change, { maxLength: 12 }), (files, changes) => {
      const contents = new ImageContents({ base: () => undefined, published: () => files })
      const view = (at: string) =>
        new ContainerFiles({
          root: directoryEntry(),
          mounts: [contents.mount({ name: 'v', path: at, reference: 'r', subPath: '' })],
          now: () => 1,
        })
      const [one, other] = [view('/one'), view('/other/deep')]
      for (const { kind, path: at, ...rest } of changes) {
        const to = 'to' in rest ? `/one${rest.to}` : ''
        try {
          if (kind === 'write') one.write(`/one${at}`, 'changed')
          else if (kind === 'remove') one.remove(`/one${at}`, { recursive: true })
          else if (kind === 'makeDirectory') one.makeDirectory(`/one${at}`, { parents: true })
          else if (kind === 'rename') one.rename(`/one${at}`, to)
          else one.link(`/one${at}`, to)
        } catch (error) {
          expect(error).toBeInstanceOf(FileError)
        }
      }
      for (const [at, text] of Object.entries(files)) {
        expect(one.read(`/one${at}`)).toBe(text)
        expect(other.read(`/other/deep${at}`)).toBe(text)
      }
      const tops = new Set(Object.keys(files).map((at) => at.split('/')[1]))
      expect(one.list('/one')).toEqual([...tops].sort())
    }),
    { numRuns: 300 },
  )
})
