import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import { tableModules } from '../generated/table-modules.ts'
import type { TypeName, TypeSchema } from '../schema.ts'
import type { TypeResolver } from '../scheme.ts'
import { UnknownGroupVersionError } from './unknown-group-version-error.ts'

const typesByName = new Map<TypeName, TypeSchema>()
const typesByKind = new Map<string, TypeSchema>()
/** DeleteOptions and WatchEvent are kinds of every group and version. */
const kindsOfEveryGroup = new Map<string, TypeSchema>()
const loading = new Map<string, Promise<void>>()
const keyOfGroupVersion = new Map(
  Object.entries(tableModules).map(([key, module]) => [`${module.group}/${module.version}`, key]),
)

/** Finds types among those loaded so far. Loading more never takes a type away. */
export const loadedTypes: TypeResolver = {
  type: (name) => typesByName.get(name),
  typeOf: (kind) => typesByKind.get(kindKey(kind)) ?? kindsOfEveryGroup.get(kind.kind),
}

/** Loads the tables of a group and version and of all that they refer to. Throws UnknownGroupVersionError. */
export async function loadTypes(group: string, version: string): Promise<TypeResolver> {
  const key = keyOfGroupVersion.get(`${group}/${version}`)
  if (key === undefined) throw new UnknownGroupVersionError(group, version)
  await loadModule(key)
  return loadedTypes
}

/** Loads the tables of every group and version. */
export async function loadAllTypes(): Promise<TypeResolver> {
  await Promise.all(Object.keys(tableModules).map(loadModule))
  return loadedTypes
}

function loadModule(key: string): Promise<void> {
  const known = loading.get(key)
  if (known !== undefined) return known
  const started = loadWithNeeds(key)
  loading.set(key, started)
  // A failed import (a network on the way, in a browser) may be tried again.
  started.catch(() => loading.delete(key))
  return started
}

async function loadWithNeeds(key: string): Promise<void> {
  const module = tableModules[key]
  if (module === undefined) throw new Error(`No table module is called ${key}`)
  const [tables] = await Promise.all([module.load(), ...module.needs.map(loadModule)])
  for (const type of tables.types) {
    typesByName.set(type.name, type)
    if (type.everyGroup === true) kindsOfEveryGroup.set(type.name.slice(type.name.lastIndexOf('.') + 1), type)
    for (const kind of type.kinds ?? []) typesByKind.set(kindKey(kind), type)
  }
}

const kindKey = (kind: GroupVersionKind): string => `${kind.group}/${kind.version}/${kind.kind}`
