import { ContainerFiles, type DirectoryEntry, directoryEntry, directoryOf, FileError } from '@kube-bonsai/kubelet-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const name = fc.constantFrom('a', 'b', 'c', '..', '.')
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`)
const step = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path, text: fc.string({ maxLength: 4 }) }),
  fc.record({ do: fc.constant('makeDirectory' as const), path }),
  fc.record({ do: fc.constant('remove' as const), path, recursive: fc.boolean() }),
  fc.record({ do: fc.constant('rename' as const), path, to: path }),
  fc.record({ do: fc.constant('link' as const), path, to: path }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function carryOut(files: ContainerFiles, change: Step): boolean {
  try {
    if (change.do === 'write') files.write(change.path, change.text)
    else if (change.do === 'makeDirectory') files.makeDirectory(change.path)
    else if (change.do === 'remove') files.remove(change.path, change)
    else if (change.do === 'rename') files.rename(change.path, change.to)
    else files.link(change.to, change.path)
    return true
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}

/** Everything below a directory, as text. */
function dump(directory: DirectoryEntry): string {
  const lines: string[] = []
  const visit = (node: DirectoryEntry, at: string) => {
    for (const [entry, child] of node.entries) {
      if (child.kind === 'directory') visit(child, `${at}/${entry}`)
      lines.push(`${at}/${entry} ${child.kind} ${child.kind === 'file' ? String(child.content) : ''}`)
    }
  }
  visit(directory, '')
  return lines.join('\n')
}

describe('whatever a program does with its files', () => {
  it('a refused change leaves everything as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const root = directoryEntry()
        const files = new ContainerFiles({ root, mounts: [], now: () => 0 })
        for (const change of steps) {
          const before = dump(root)
          if (!carryOut(files, change)) expect(dump(root)).toBe(before)
        }
      }),
    )
  })

  it('a read-only volume never changes, and nothing outside of the container does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom('/a', '/a/b', '/c/a'), (steps, at) => {
        const volume = directoryOf({ 'a/b': '1', b: '2' })
        const before = dump(volume)
        const mounts = [{ name: 'v', path: at, readOnly: true, node: volume }]
        const files = new ContainerFiles({ root: directoryEntry(), mounts, now: () => 0 })
        for (const change of steps) carryOut(files, change)
        expect(dump(volume)).toBe(before)
        expect(files.list(at)).toEqual(['a', 'b'])
      }),
    )
  })

  it('what was written last is what is read', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), path, fc.uint8Array({ maxLength: 8 }), (steps, at, bytes) => {
        const files = new ContainerFiles({ root: directoryEntry(), mounts: [], now: () => 0 })
        for (const change of steps) carryOut(files, change)
        try {
          files.write(at, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(FileError)
          return
        }
        expect(files.readBytes(at)).toEqual(bytes)
        expect(files.exists(at)).toBe(true)
      }),
    )
  })
})
