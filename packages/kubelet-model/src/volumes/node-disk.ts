import { copyOf, type DirectoryEntry, directoryEntry, directoryOf } from '../files/file-tree.ts'

/** Directories that the machine has before anybody writes to it. */
const machine = [
  'dev/shm',
  'etc/kubernetes/manifests',
  'etc/ssl/certs',
  'home',
  'lib/modules',
  'media',
  'mnt',
  'opt/cni/bin',
  'proc/sys',
  'root',
  'run/containerd',
  'sys/fs/bpf',
  'sys/fs/cgroup',
  'tmp',
  'usr/bin',
  'usr/lib',
  'usr/share/ca-certificates',
  'var/lib/kubelet/pods',
  'var/log/containers',
  'var/log/pods',
  'var/run',
]

/** The disk of a node: what volumes hold on it, and its own files. Outlives kubelets. */
export class NodeDisk {
  readonly #pods: Map<string, Map<string, DirectoryEntry>> = new Map()
  readonly #files: () => Readonly<Record<string, string>>
  #root: DirectoryEntry | undefined

  /** @param files what is on the machine at first, by absolute path */
  constructor(files: () => Readonly<Record<string, string>> = () => ({})) {
    this.#files = files
  }

  /** Another disk with the same files: what happens to one does not happen to the other. */
  copy(): NodeDisk {
    const other = new NodeDisk(this.#files)
    for (const [uid, own] of this.#pods) {
      other.#pods.set(uid, new Map([...own].map(([name, directory]) => [name, copyOf(directory)])))
    }
    if (this.#root) other.#root = copyOf(this.#root)
    return other
  }

  /** The directory of a pod's volume; empty when it is new. */
  directory(podUid: string, volume: string): DirectoryEntry {
    const own = this.#pods.get(podUid) ?? new Map<string, DirectoryEntry>()
    this.#pods.set(podUid, own)
    const found = own.get(volume) ?? directoryEntry()
    own.set(volume, found)
    return found
  }

  /** Deletes the volumes of a pod. */
  remove(podUid: string): void {
    this.#pods.delete(podUid)
  }

  /** The uids of the pods that have volumes on it. */
  get pods(): readonly string[] {
    return [...this.#pods.keys()]
  }

  /** The machine's own files, which `hostPath` volumes show. */
  get root(): DirectoryEntry {
    this.#root ??= machineOf(this.#files())
    return this.#root
  }
}

function machineOf(files: Readonly<Record<string, string>>): DirectoryEntry {
  const root = directoryOf(files)
  for (const path of machine) {
    let directory = root
    for (const name of path.split('/')) {
      const found = directory.entries.get(name) ?? directoryEntry()
      if (found.kind !== 'directory') break
      directory.entries.set(name, found)
      directory = found
    }
  }
  return root
}
