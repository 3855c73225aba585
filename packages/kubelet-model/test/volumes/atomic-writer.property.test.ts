import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ContainerFiles } from '../../src/files/container-files.ts'
import { directoryEntry } from '../../src/files/file-tree.ts'
import { writeAtomically } from '../../src/volumes/payload/atomic-writer.ts'

const names = fc.constantFrom('a', 'b', 'dir/a', 'dir/b', 'dir/deep/a', 'other/a')
const payloads = fc
  .dictionary(names, fc.string({ maxLength: 4 }))
  .map((files) => new Map(Object.entries(files).map(([path, content]) => [path, { content, mode: 0o644 }] as const)))

test('whatever was written before, users always see just the files of the last payload', () => {
  fc.assert(
    fc.property(fc.array(payloads, { minLength: 1, maxLength: 6 }), (sequence) => {
      const root = directoryEntry()
      const files = new ContainerFiles({ root, mounts: [], now: () => 0 })
      for (const [serial, payload] of sequence.entries()) {
        writeAtomically(root, payload, { now: serial * 400, serial })
        for (const [path, { content }] of payload) expect(files.read(`/${path}`)).toBe(content)
        const visible = files.list('/').filter((name) => !name.startsWith('..'))
        expect(visible).toEqual([...new Set([...payload.keys()].map((path) => path.split('/')[0]!))].sort())
        expect(files.list('/').filter((name) => name.startsWith('..'))).toHaveLength(2)
        expect(writeAtomically(root, payload, { now: serial, serial: 99 })).toBe(false)
      }
    }),
  )
})
