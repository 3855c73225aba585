import { evenMachine, type Host, type NodeShape } from '@kube-bonsai/kubelet-model'
import { Quantity } from '@kube-bonsai/quantity'
import { NodesFileError } from './error.ts'
import type { HostEntry, MachineEntry, NodeEntry } from './schema.ts'

/** Texts of a machine by absolute path, and where the one is among them that was asked for. */
export interface LoadedFiles {
  readonly path: string
  readonly files: Readonly<Record<string, string>>
}

/** What a file of nodes is read with. */
export interface NodesReadOptions {
  /** What errors call the text; `nodes` by default. */
  readonly file?: string
  /** Finds what `host.config` or `host.configDir` names and `host.files` does not hold; refused when absent. */
  readonly load?: (path: string) => Promise<LoadedFiles>
}

const most = 10_000

/**
 * Reads shapes of nodes: a YAML or JSON document with a list `nodes`, each as {@link NodeShape} has it. `count` gives several nodes,
 * `name-1` and so on; `host.machine` is that of `evenMachine`; bytes may be quantities. Rejects with a NodesFileError, with file, line,
 * column and field, for the first thing that is wrong.
 */
export async function readNodeShapes(text: string, options: NodesReadOptions = {}): Promise<readonly NodeShape[]> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const { nodesFile } = await import('./schema.ts')
  const { schemaProblem } = await import('./schema-problem.ts')
  const { file = 'nodes', load } = options
  const start = { file, line: 1, column: 1, field: '' }
  const documents = readDocuments(text, { strict: true, file })
  for (const [error] of documents.map(({ errors }) => errors)) {
    if (error) throw new NodesFileError({ file, line: error.line, column: error.column, field: '' }, error.detail)
  }
  const [document, second] = documents.filter(({ value }) => value !== null && value !== undefined)
  if (document === undefined) throw new NodesFileError(start, 'the file is empty; write a list of nodes')
  if (second !== undefined) throw new NodesFileError(start, 'one document is expected, there are several')
  const fail: Fail = (field, expected) => {
    const { line, column } = document.positionOf(field)
    throw new NodesFileError({ file, line, column, field }, expected)
  }
  const problem = schemaProblem(nodesFile, document.value)
  if (problem !== undefined) return fail(problem.field, problem.expected)
  const { nodes } = document.value as { readonly nodes: readonly NodeEntry[] }
  const shapes: NodeShape[] = []
  for (const [index, entry] of nodes.entries()) {
    const path = `nodes[${index}]`
    const shape = await shapeOf(entry, { path, fail, load })
    const names =
      entry.count === undefined ? [entry.name] : Array.from({ length: entry.count }, (_, n) => `${entry.name}-${n + 1}`)
    if (shapes.length + names.length > most) return fail(`${path}.count`, `there can be ${most} nodes at most`)
    shapes.push(...names.map((name) => ({ ...shape, name })))
  }
  const names = new Set<string>()
  for (const { name } of shapes) {
    if (names.has(name)) return fail('nodes', `there are two nodes ${JSON.stringify(name)}`)
    names.add(name)
  }
  return shapes
}

type Fail = (field: string, expected: string) => never

interface Place {
  readonly path: string
  readonly fail: Fail
  readonly load: NodesReadOptions['load']
}

async function shapeOf(entry: NodeEntry, place: Place): Promise<NodeShape> {
  const { count: _, cpu, memory, ephemeralStorage, extended, host, ...rest } = entry
  const amounts = Object.entries({ cpu, memory, ephemeralStorage }).flatMap(([name, amount]) =>
    amount === undefined ? [] : [[name, quantity(amount, name, place)]],
  )
  const more = Object.entries(extended ?? {}).map(([name, amount]) => [
    name,
    quantity(amount, `extended.${name}`, place),
  ])
  return {
    ...rest,
    ...Object.fromEntries(amounts),
    ...(extended && { extended: Object.fromEntries(more) }),
    ...(host && { host: await hostOf(host, { ...place, path: `${place.path}.host` }) }),
  }
}

async function hostOf(entry: HostEntry, place: Place): Promise<Host> {
  const { machine, runtime, swapBytes, systemMemory, config, configDir, files, ...rest } = entry
  const bytes = (value: string | number, name: string) => Number(Quantity.parse(quantity(value, name, place)).value())
  const { imageDiskBytes, ...kind } = runtime ?? {}
  return {
    ...rest,
    ...(await configurationOf({ config, configDir, files }, place)),
    ...(machine && { machine: machineOf(machine, place) }),
    ...(runtime && {
      runtime: {
        ...kind,
        ...(imageDiskBytes !== undefined && { imageDiskBytes: bytes(imageDiskBytes, 'runtime.imageDiskBytes') }),
      },
    }),
    ...(swapBytes !== undefined && { swapBytes: bytes(swapBytes, 'swapBytes') }),
    ...(systemMemory !== undefined && { systemMemory: bytes(systemMemory, 'systemMemory') }),
  }
}

type Configuration = { readonly [Field in 'config' | 'configDir' | 'files']: Host[Field] | undefined }

/** Where the kubelet finds its configuration; what the host does not hold is loaded. */
async function configurationOf({ config, configDir, files = {} }: Configuration, { path, fail, load }: Place) {
  const all: Record<string, string> = { ...files }
  const find = async (wanted: string, field: string): Promise<string> => {
    if (Object.keys(files).some((file) => file === wanted || file.startsWith(`${wanted}/`))) return wanted
    if (load === undefined) return fail(`${path}.${field}`, `${wanted} is not among host.files`)
    try {
      const found = await load(wanted)
      Object.assign(all, found.files)
      return found.path
    } catch (error) {
      return fail(`${path}.${field}`, error instanceof Error ? error.message : String(error))
    }
  }
  return {
    ...(config !== undefined && { config: await find(config, 'config') }),
    ...(configDir !== undefined && { configDir: await find(configDir, 'configDir') }),
    ...(Object.keys(all).length > 0 && { files: all }),
  }
}

function machineOf(entry: MachineEntry, place: Place): NonNullable<Host['machine']> {
  const { memoryPerNuma, ...rest } = entry
  return evenMachine({
    ...rest,
    ...(memoryPerNuma !== undefined && {
      memoryPerNuma: Quantity.parse(quantity(memoryPerNuma, 'machine.memoryPerNuma', place)).value(),
    }),
  })
}

function quantity(value: string | number, name: string, { path, fail }: Place): string {
  const text = String(value)
  try {
    if (Quantity.parse(text).sign() >= 0) return text
  } catch {
    // Said below.
  }
  return fail(`${path}.${name}`, `a quantity such as 500m or 16Gi is expected, not ${JSON.stringify(value)}`)
}
