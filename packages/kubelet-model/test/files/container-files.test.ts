import {
  ContainerFiles,
  directoryEntry,
  directoryOf,
  FileError,
  fileEntry,
  linkEntry,
} from '@kube-bonsai/kubelet-model'
import { describe, expect, it } from 'vitest'

const now = () => 1000

function kindOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof FileError) return error.kind
    throw error
  }
  return 'ok'
}

describe('the files of a container', () => {
  it('are those of its image, and what it writes', () => {
    const files = new ContainerFiles({ root: directoryOf({ '/etc/motd': 'hello' }), mounts: [], now })
    files.write('/etc/motd', ' there\n', { append: true })
    files.makeDirectory('/var/log/app', { parents: true })
    files.write('/var/log/app/one.log', new Uint8Array([0, 255]))
    expect(files.read('/etc/../etc/./motd')).toBe('hello there\n')
    expect(files.list('/var/log/app')).toEqual(['one.log'])
    expect(files.readBytes('var/log/app/one.log')).toEqual(new Uint8Array([0, 255]))
    expect(files.stat('/var/log/app/one.log')).toEqual({
      kind: 'file',
      size: 2,
      mode: 0o644,
      uid: 0,
      gid: 0,
      modifiedAt: 1000,
    })
  })

  it('show a volume where it is mounted, also below another one', () => {
    const root = directoryOf({ '/data/hidden': 'of the image' })
    const mounts = [
      { name: 'a', path: '/data', readOnly: false, node: directoryOf({ one: '1' }) },
      { name: 'b', path: '/data/deep/er', readOnly: true, node: directoryOf({ two: '2' }) },
      { name: 'c', path: '/etc/app.conf', readOnly: true, node: fileEntry('x=1') },
    ]
    const files = new ContainerFiles({ root, mounts, now })
    expect(files.list('/')).toEqual(['data', 'etc'])
    expect(files.list('/data')).toEqual(['deep', 'one'])
    expect(files.exists('/data/hidden')).toBe(false)
    expect(files.read('/data/deep/er/two')).toBe('2')
    expect(files.read('/data/deep/../one')).toBe('1')
    expect(files.read('/etc/app.conf')).toBe('x=1')
    expect(kindOf(() => files.remove('/data', { recursive: true }))).toBe('EBUSY')
    expect(kindOf(() => files.remove('/data/deep', { recursive: true }))).toBe('EBUSY')
  })

  it('are shared through a volume, and read-only where the mount says so', () => {
    const volume = directoryEntry()
    const mount = (readOnly: boolean) => [{ name: 'v', path: '/v', readOnly, node: volume }]
    const writer = new ContainerFiles({ root: directoryEntry(), mounts: mount(false), now })
    const reader = new ContainerFiles({ root: directoryEntry(), mounts: mount(true), now })
    writer.write('/v/a', '1')
    expect(reader.read('/v/a')).toBe('1')
    const changes: readonly (() => void)[] = [
      () => reader.write('/v/a', '2'),
      () => reader.write('/v/b', '2'),
      () => reader.makeDirectory('/v/d'),
      () => reader.remove('/v/a'),
      () => reader.rename('/v/a', '/v/b'),
      () => reader.link('a', '/v/l'),
      () => reader.changeMode('/v/a', 0),
    ]
    expect(changes.map(kindOf)).toEqual(changes.map(() => 'EROFS'))
    expect(writer.list('/v')).toEqual(['a'])
    expect(kindOf(() => writer.rename('/v/a', '/a'))).toBe('EXDEV')
  })

  it('follow links, of directories too, and stop where links go in circles', () => {
    const root = directoryOf({ '/v/2026/key': 'old', '/v/2027/key': 'new' })
    const volume = root.entries.get('v')
    if (volume?.kind !== 'directory') throw new Error('no directory')
    volume.entries.set('..data', linkEntry('2026'))
    volume.entries.set('key', linkEntry('..data/key'))
    volume.entries.set('loop', linkEntry('/v/loop'))
    const files = new ContainerFiles({ root, mounts: [], now })
    expect(files.read('/v/key')).toBe('old')
    volume.entries.set('..data', linkEntry('2027'))
    expect(files.read('/v/key')).toBe('new')
    expect(files.stat('/v/key', { follow: false })?.target).toBe('..data/key')
    expect(kindOf(() => files.read('/v/loop'))).toBe('ELOOP')
    files.remove('/v/key')
    expect(files.read('/v/2027/key')).toBe('new')
  })

  it('refuse what Linux refuses, by the same names', () => {
    const files = new ContainerFiles({ root: directoryOf({ '/d/f': 'x' }), mounts: [], now })
    files.makeDirectory('/e')
    const refusals: readonly (readonly [() => unknown, string])[] = [
      [() => files.read('/nope'), 'ENOENT'],
      [() => files.read('/d'), 'EISDIR'],
      [() => files.read('/d/f/g'), 'ENOTDIR'],
      [() => files.read('/d/f/'), 'ENOTDIR'],
      [() => files.read(''), 'ENOENT'],
      [() => files.read('/a\0b'), 'EINVAL'],
      [() => files.write(`/${'x'.repeat(256)}`, ''), 'ENAMETOOLONG'],
      [() => files.read('/x'.repeat(3000)), 'ENAMETOOLONG'],
      [() => files.write('/no/such/directory', ''), 'ENOENT'],
      [() => files.write('/d', ''), 'EISDIR'],
      [() => files.write('/new/', ''), 'EISDIR'],
      [() => files.write('/new/.', ''), 'ENOENT'],
      [() => files.makeDirectory('/new/.'), 'ENOENT'],
      [() => files.list('/d/f'), 'ENOTDIR'],
      [() => files.makeDirectory('/d'), 'EEXIST'],
      [() => files.remove('/d'), 'ENOTEMPTY'],
      [() => files.remove('/'), 'EBUSY'],
      [() => files.rename('/d', '/d/inside'), 'EINVAL'],
      [() => files.rename('/d/f', '/e'), 'EISDIR'],
      [() => files.rename('/e', '/d/f'), 'ENOTDIR'],
      [() => files.link('x', '/d'), 'EEXIST'],
    ]
    expect(refusals.map(([call]) => kindOf(call))).toEqual(refusals.map(([, kind]) => kind))
    expect(files.read('/d/f')).toBe('x')
  })

  it('may be writable in volumes only', () => {
    const mounts = [{ name: 'v', path: '/v', readOnly: false, node: directoryEntry() }]
    const files = new ContainerFiles({ root: directoryEntry(), mounts, readOnlyRoot: true, now })
    expect(kindOf(() => files.write('/a', ''))).toBe('EROFS')
    files.write('/v/a', '')
    expect(files.list('/v')).toEqual(['a'])
  })
})

describe('a tree of files', () => {
  it('refuses paths that lead out of it or through a file', () => {
    for (const files of [{ '../x': '' }, { a: '', 'a/b': '' }, { 'a/b': '', a: '' }, { '/': '' }]) {
      expect(() => directoryOf(files)).toThrow(RangeError)
    }
  })

  it('keeps names that JavaScript has a use for', () => {
    const files = new ContainerFiles({ root: directoryEntry(), mounts: [], now })
    for (const name of ['__proto__', 'constructor', 'toString']) files.write(`/${name}`, name)
    expect(files.list('/')).toEqual(['__proto__', 'constructor', 'toString'])
    expect(files.exists('/hasOwnProperty')).toBe(false)
  })
})
