import type { EvenMachine, Host, HostRuntime, NodeShape } from '@kube-bonsai/kubelet-model'
import Type, { type TSchema } from 'typebox'

/** What a field has to hold, in words; errors say it. */
const told = (expected: string) => ({ expected: `${expected} is expected` })
const closed = (expected: string) => ({ additionalProperties: false, ...told(expected) })

const text = Type.String(told('a text'))
const yes = Type.Boolean(told('true or false'))
const amount = Type.Union([Type.String(), Type.Number()], told('a quantity such as 500m or 16Gi'))
const count = (most: number) => Type.Integer({ minimum: 1, maximum: most, ...told(`a whole number from 1 to ${most}`) })
const id = Type.Integer({ minimum: 0, maximum: 0xffff_ffff, ...told('a whole number, 0 or more') })
const { Optional } = Type

const machine = Type.Object(
  {
    sockets: count(64),
    numaPerSocket: count(64),
    coresPerNuma: count(1024),
    threadsPerCore: count(8),
    uncorePerNuma: Optional(count(1024)),
    memoryPerNuma: Optional(amount),
    interleaved: Optional(yes),
  },
  closed('{sockets: 2, numaPerSocket: 1, coresPerNuma: 8, threadsPerCore: 2} or the like'),
)

const handler = Type.Object(
  { name: text, userNamespaces: Optional(yes), recursiveReadOnlyMounts: Optional(yes) },
  closed('{name: runc, userNamespaces: true} or the like'),
)

const runtime = Type.Object(
  {
    name: Optional(text),
    version: Optional(text),
    handlers: Optional(Type.Array(handler, told('a list of handlers'))),
    supplementalGroupsPolicy: Optional(yes),
    imageVolumes: Optional(yes),
    imageDiskBytes: Optional(amount),
  },
  closed('{name: containerd, version: 2.2.0} or the like'),
)

const host = Type.Object(
  {
    cgroupVersion: Optional(Type.Union([Type.Literal(1), Type.Literal(2)], told('1 or 2'))),
    machine: Optional(machine),
    runtime: Optional(runtime),
    files: Optional(Type.Record(Type.String(), text, told('texts by absolute path'))),
    config: Optional(text),
    configDir: Optional(text),
    flags: Optional(Type.Record(Type.String(), Type.Unknown(), told('fields of a KubeletConfiguration'))),
    kubeletVersion: Optional(text),
    kernelVersion: Optional(text),
    osImage: Optional(text),
    swapBytes: Optional(amount),
    subordinateIds: Optional(Type.Object({ first: id, length: id }, closed('{first: 65536, length: 7208960}'))),
    systemMemory: Optional(amount),
    appArmor: Optional(yes),
    maxPids: Optional(id),
    inodes: Optional(id),
  },
  closed('{runtime: {version: 1.7.0}, config: kubelet.yaml} or the like'),
)

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const
const effect = Type.Union(
  effects.map((one) => Type.Literal(one)),
  told(effects.join(', ')),
)
const taint = Type.Object(
  { key: text, value: Optional(text), effect },
  closed('{key: dedicated, value: gpu, effect: NoSchedule} or the like'),
)

const node = Type.Object(
  {
    name: Type.String({ minLength: 1, ...told('a name') }),
    count: Optional(count(10_000)),
    cpu: Optional(amount),
    memory: Optional(amount),
    ephemeralStorage: Optional(amount),
    pods: Optional(id),
    extended: Optional(Type.Record(Type.String(), amount, told('quantities by resource name'))),
    labels: Optional(Type.Record(Type.String(), text, told('texts by label'))),
    taints: Optional(Type.Array(taint, told('a list of taints'))),
    host: Optional(host),
  },
  closed('{name: worker, count: 3, cpu: 8, memory: 32Gi} or the like'),
)

/** A file that describes nodes. */
export const nodesFile: TSchema = Type.Object(
  { nodes: Type.Array(node, told('a list of nodes')) },
  closed('an object with a list "nodes"'),
)

type Amount = string | number
type Changed<Shape, Changes> = Omit<Shape, keyof Changes> & Changes

/** A machine of equal NUMA nodes. */
export type MachineEntry = Changed<EvenMachine, { readonly memoryPerNuma?: Amount }>

/** A host as a valid file has it. */
export type HostEntry = Changed<
  Host,
  {
    readonly machine?: MachineEntry
    readonly runtime?: Changed<HostRuntime, { readonly imageDiskBytes?: Amount }>
    readonly swapBytes?: Amount
    readonly systemMemory?: Amount
  }
>

/** A node as a valid file has it, or `count` of them. */
export type NodeEntry = Changed<
  NodeShape,
  {
    readonly count?: number
    readonly cpu?: Amount
    readonly memory?: Amount
    readonly ephemeralStorage?: Amount
    readonly extended?: Readonly<Record<string, Amount>>
    readonly host?: HostEntry
  }
>
