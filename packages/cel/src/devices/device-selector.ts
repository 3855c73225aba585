import { Quantity } from '@kube-bonsai/quantity'
import { type CelEnvironment, createEnvironment, structOf } from '../checker/environment.ts'
import { type CheckedExpression, compile, type Program } from '../engine.ts'
import type { SizeEstimator } from '../estimate/node.ts'
import { PlanError } from '../interpreter/planner.ts'
import { QuantityValue } from '../libraries/quantity.ts'
import { semverValue } from '../libraries/semver.ts'
import { bindingMacros } from '../parser/macros.ts'
import { anyType, boolType, mapType, stringType, structType, typeName } from '../types/cel-type.ts'
import { goValue } from '../values/go-format.ts'
import { fromJson } from '../values/json.ts'
import { typeNameOf } from '../values/traits.ts'
import { CelError, CelMap, EntriesMap, type Value } from '../values/value.ts'

/** The most that a selector may cost, estimated and when it runs. */
export const deviceSelectorCostLimit = 1_000_000

/** What a selector sees of a device. */
export interface SelectedDevice {
  /** The driver: the domain of names without one. */
  readonly driver: string
  readonly allowMultipleAllocations?: boolean
  readonly attributes?: Readonly<Record<string, DeviceAttributeValue>>
  readonly capacity?: Readonly<Record<string, { readonly value: string }>>
}

/** One of the kinds of attributes is set. */
export interface DeviceAttributeValue {
  readonly bool?: boolean
  readonly int?: number | bigint
  readonly string?: string
  readonly version?: string
}

/** How a selector is compiled. */
export interface DeviceSelectorOptions {
  /**
   * False for a new selector while the gate DRAConsumableCapacity is off: `device.allowMultipleAllocations` is not
   * declared. Selectors that are stored, and so all that run, know it anyway.
   */
  readonly consumableCapacity?: boolean
}

/** A compiled selector. */
export interface DeviceSelector {
  /** The most that it may cost, estimated; unsigned 64-bit. */
  readonly maxCost: bigint
  /** Whether it selects a device, or why it cannot tell; and what asking cost. */
  matches(
    device: SelectedDevice,
    limit?: number,
  ): { readonly cost: number } & ({ readonly matches: boolean } | { readonly error: string })
}

const environments = new Map<boolean, CelEnvironment>()

function environment(consumableCapacity: boolean): CelEnvironment {
  const known = environments.get(consumableCapacity)
  if (known) return known
  const device = structOf('kubernetes.DRADevice', {
    driver: stringType,
    attributes: mapType(stringType, mapType(stringType, anyType)),
    capacity: mapType(stringType, mapType(stringType, structType('kubernetes.Quantity'))),
    ...(consumableCapacity && { allowMultipleAllocations: boolType }),
  })
  const made = createEnvironment({
    variables: { device: structType(device.name) },
    structs: [device],
    macros: bindingMacros,
  })
  environments.set(consumableCapacity, made)
  return made
}

/** A type by its size, and what lies below. */
interface Sized {
  readonly max: bigint
  readonly key?: Sized
  readonly element?: Sized
  readonly fields?: Readonly<Record<string, Sized>>
}

const text = (max: bigint): Sized => ({ max })
const attribute = text(64n)
const named = (element: Sized): Sized => ({ max: 32n, key: text(63n), element: { max: 32n, key: text(32n), element } })
const root: Sized = {
  max: 0n,
  fields: {
    driver: text(63n),
    attributes: named(attribute),
    capacity: named({ max: 128n }),
    allowMultipleAllocations: { max: 1n },
  },
}

const sizes: SizeEstimator = ([variable, ...path]) => {
  if (variable !== 'device') return undefined
  let current: Sized | undefined = root
  for (const step of path) {
    if (step === '@items' || step === '@values') current = current.element
    else if (step === '@keys') current = current.key
    else if (current.fields && Object.hasOwn(current.fields, step)) current = current.fields[step]
    // Whatever its name, an attribute is no longer than attributes may be.
    else current = current.element === attribute ? attribute : undefined
    if (!current) return undefined
  }
  return { min: 0n, max: current.max }
}

/** A map that has an empty map where it has nothing. */
class DomainMap extends CelMap {
  readonly #entries: EntriesMap
  static readonly #empty: EntriesMap = new EntriesMap()

  constructor(entries: EntriesMap) {
    super()
    this.#entries = entries
  }

  get size(): number {
    return this.#entries.size
  }

  find(key: Value): Value {
    return this.#entries.find(key) ?? DomainMap.#empty
  }

  keys(): Iterable<Value> {
    return this.#entries.keys()
  }
}

function byDomain<T>(
  entries: Readonly<Record<string, T>> | undefined,
  driver: string,
  read: (entry: T, name: string) => Value,
): DomainMap | CelError {
  const domains = new EntriesMap()
  for (const [name, entry] of Object.entries(entries ?? {})) {
    const slash = name.indexOf('/')
    const domain = slash < 0 ? driver : name.slice(0, slash)
    const value = read(entry, name)
    if (value instanceof CelError) return value
    let inner = domains.find(domain)
    if (!(inner instanceof EntriesMap)) {
      inner = new EntriesMap()
      domains.set(domain, inner)
    }
    if (inner instanceof EntriesMap) inner.set(slash < 0 ? name : name.slice(slash + 1), value)
  }
  return new DomainMap(domains)
}

function attributeValue(value: DeviceAttributeValue, name: string): Value {
  if (value.int !== undefined) return BigInt(value.int)
  if (value.bool !== undefined) return value.bool
  if (value.string !== undefined) return value.string
  if (value.version === undefined) return new CelError(`attribute ${name}: unsupported attribute value`)
  const version = semverValue(value.version)
  return version instanceof CelError
    ? new CelError(`attribute ${name}: parse semantic version: ${version.message}`)
    : version
}

function deviceValue(device: SelectedDevice): Value {
  const attributes = byDomain(device.attributes, device.driver, attributeValue)
  if (attributes instanceof CelError) return attributes
  const capacity = byDomain(device.capacity, device.driver, ({ value }) => new QuantityValue(Quantity.parse(value)))
  if (capacity instanceof CelError) return capacity
  const map = new EntriesMap()
  map.set('driver', device.driver)
  map.set('allowMultipleAllocations', fromJson(device.allowMultipleAllocations ?? false))
  map.set('attributes', attributes)
  map.set('capacity', capacity)
  return map
}

function selector(checked: CheckedExpression, program: Program): DeviceSelector {
  const evaluate: DeviceSelector['matches'] = (device, limit = deviceSelectorCostLimit) => {
    const input = deviceValue(device)
    if (input instanceof CelError) return { cost: 0, error: input.message }
    const { value, cost } = program.evaluate((name) => (name === 'device' ? input : undefined), limit)
    if (typeof value === 'boolean') return { cost, matches: value }
    if (value instanceof CelError) return { cost, error: value.message }
    const type = typeNameOf(value)
    return { cost, error: `CEL result of type ${type} could not be converted to bool: ${conversionError(value)}` }
  }
  return { maxCost: checked.estimate(sizes).max, matches: evaluate }
}

/** Go's words for a value that is no bool. */
function conversionError(value: Value): string {
  if (typeof value === 'bigint') return "unsupported type conversion from 'int' to bool"
  if (typeof value === 'string') return "unsupported native conversion from string to 'bool'"
  return `type conversion error from ${goValue(value)} to 'bool'`
}

/**
 * Compiles the selector of a device class or request.
 *
 * @returns the selector, or upstream's text of what is wrong with it
 * @see dynamic-resource-allocation/cel/compile.go
 */
export function compileDeviceSelector(
  expression: string,
  options: DeviceSelectorOptions = {},
): DeviceSelector | { readonly error: string } {
  const compiled = compile(expression, environment(options.consumableCapacity !== false))
  if ('issues' in compiled) return { error: `compilation failed: ${compiled.issues}` }
  const { checked } = compiled
  if (checked.type.kind !== 'bool' && checked.type.kind !== 'any')
    return { error: `must evaluate to bool or the unknown type, not ${typeName(checked.type)}` }
  try {
    return selector(checked, checked.program())
  } catch (error) {
    if (error instanceof PlanError) return { error: `program instantiation failed: ${error.message}` }
    throw error
  }
}
