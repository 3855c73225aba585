import type { PathStep, YamlErrorCode } from '../errors.ts'
import { formatFloatKey } from '../go/float-key.ts'
import type { Resolved } from '../resolve/scalar.ts'
import { resolveScalar } from '../resolve/tagged.ts'
import { maxDepth } from '../syntax/limits.ts'
import type { AliasNode, MappingNode, SequenceNode, SyntaxNode } from '../syntax/node.ts'
import { AliasBudget } from './alias-budget.ts'

/** Something wrong with a value, found while decoding. */
export interface DecodeFault {
  readonly code: YamlErrorCode
  readonly message: string
  readonly offset: number
  readonly path: readonly PathStep[]
  /** Where go-yaml sees the fault, when that is elsewhere. */
  readonly goOffset?: number
}

export interface DecodeOptions {
  /** Report keys that occur twice; otherwise the last one counts. */
  readonly strict: boolean
  /** Keep integers beyond 2^53 as `bigint`; otherwise they become the nearest number. */
  readonly exact: boolean
}

/** Turns a syntax tree into JSON data. Faults are collected; `value` is what could be read in spite of them. */
export function decode(root: SyntaxNode, options: DecodeOptions): { value: unknown; faults: DecodeFault[] } {
  const decoder = new Decoder(options)
  try {
    const value = decoder.node(root)
    return { value, faults: decoder.finish(value) }
  } catch (error) {
    if (error !== stop) throw error
    return { value: undefined, faults: decoder.faults }
  }
}

// Thrown when going on would be dangerous (too deep, alias bomb); the fault is recorded before.
const stop = new Error('stop')

type Target = Record<string, unknown>

/** The faults that were found below a value. */
interface Span {
  readonly from: number
  readonly to: number
}

const nothing: Span = { from: 0, to: 0 }

class Decoder {
  readonly faults: DecodeFault[] = []
  // Faults only if nothing replaces the value later (a merged or repeated key).
  readonly #notFinite: DecodeFault[] = []
  // Keys that have no form in JSON: faults only if the map that holds them stays.
  readonly #badKeys: (DecodeFault | undefined)[] = []
  readonly #path: PathStep[] = []
  readonly #budget = new AliasBudget()
  readonly #open = new Set<AliasNode>()
  readonly #options: DecodeOptions
  #depth = 0

  constructor(options: DecodeOptions) {
    this.#options = options
  }

  /** All faults, once the whole value is known. */
  finish(value: unknown): DecodeFault[] {
    const left = this.#notFinite.filter(({ path }) => {
      const found = path.reduce(child, value)
      return typeof found === 'number' && !Number.isFinite(found)
    })
    return [...this.faults, ...this.#badKeys.filter((fault) => fault !== undefined), ...left]
  }

  node(node: SyntaxNode): unknown {
    this.#count(node)
    if (node.kind === 'scalar') {
      const found = resolveScalar(node)
      if (found.type !== 'error') return this.#scalar(found, node)
      this.#fault('bad-tag', found.message, node)
      return null
    }
    if (++this.#depth > maxDepth + 1) this.#stop('too-deep', `values nest deeper than ${maxDepth} levels`, node)
    const value =
      node.kind === 'mapping'
        ? this.#mapping(node)
        : node.kind === 'sequence'
          ? this.#sequence(node)
          : this.#alias(node)
    this.#depth--
    return value
  }

  #scalar(found: Resolved, node: SyntaxNode): unknown {
    if (found.type === 'null') return null
    if (found.type === 'merge') return '<<'
    if (found.type === 'float' && !Number.isFinite(found.value)) {
      this.#notFinite.push({ code: 'not-json', message: 'infinity and NaN have no form in JSON', ...this.#place(node) })
      return found.value
    }
    if (found.type !== 'int') return found.value
    const value = Number(found.value)
    return this.#options.exact && !Number.isSafeInteger(value) ? found.value : value
  }

  #sequence(node: SequenceNode): unknown[] {
    const items: unknown[] = []
    for (const item of node.items) {
      this.#path.push(items.length)
      items.push(this.node(item))
      this.#path.pop()
    }
    return items
  }

  #mapping(node: MappingNode): Target {
    const target: Target = {}
    this.#fill(node, target, new Map())
    return target
  }

  // Merged maps write into the same target: whatever comes later in the text wins, as in Kubernetes.
  #fill(node: MappingNode, target: Target, seen: Map<string, Span>): void {
    for (const { key, value } of node.entries) {
      if (isMerge(key)) {
        this.#merge(value, target, seen)
        continue
      }
      const name = this.#key(key)
      if (name === undefined) {
        this.node(value)
        continue
      }
      this.#path.push(name.text)
      const from = this.#badKeys.length
      const decoded = this.node(value)
      if (this.#options.strict && seen.has(name.identity)) {
        const message = `key ${JSON.stringify(name.text)} already set in map`
        this.faults.push({ code: 'duplicate-key', message, ...this.#place(key), goOffset: value.start })
      } else {
        const replaced = seen.get(name.identity)
        if (replaced !== undefined) this.#badKeys.fill(undefined, replaced.from, replaced.to)
        const to = this.#badKeys.length
        seen.set(name.identity, from === to ? nothing : { from, to })
        setOwn(target, name.text, decoded)
      }
      this.#path.pop()
    }
  }

  // A key's identity has its type: `1` and `"1"` are two keys to YAML, though one to JSON.
  #key(node: SyntaxNode): { text: string; identity: string } | undefined {
    this.#count(node)
    let target = node
    while (target.kind === 'alias') target = target.target
    if (target.kind !== 'scalar') {
      this.#fault('bad-key', 'maps and lists cannot be map keys', node)
      return undefined
    }
    const found = resolveScalar(target)
    switch (found.type) {
      case 'error':
        this.#fault('bad-tag', found.message, node)
        return undefined
      case 'null':
        this.#badKey('null cannot be a map key', node)
        return undefined
      case 'merge':
        return { text: '<<', identity: 's<<' }
      case 'bool':
        return { text: String(found.value), identity: `b${found.value}` }
      case 'int':
        if (found.value < 2n ** 63n) return { text: String(found.value), identity: `i${found.value}` }
        this.#badKey('integers of 2^63 and more cannot be map keys', node)
        return undefined
      case 'float':
        return {
          text: formatFloatKey(found.value),
          // NaN never equals NaN.
          identity: Number.isNaN(found.value) ? `nan${node.start}` : `f${found.value}`,
        }
      default:
        return { text: found.value, identity: `s${found.value}` }
    }
  }

  #badKey(message: string, node: SyntaxNode): void {
    this.#badKeys.push({ code: 'bad-key', message, ...this.#place(node) })
  }

  #merge(value: SyntaxNode, target: Target, seen: Map<string, Span>): void {
    const sources = value.kind === 'sequence' ? [...value.items].reverse() : [value]
    for (const source of sources) {
      const map = source.kind === 'alias' ? source.target : source
      if (map.kind !== 'mapping') {
        this.#fault('bad-merge', 'map merge requires map or sequence of maps as the value', source)
        return
      }
      if (source.kind === 'alias') this.#enter(source)
      this.#count(map)
      this.#fill(map, target, seen)
      if (source.kind === 'alias') this.#leave(source)
    }
  }

  #alias(node: AliasNode): unknown {
    this.#enter(node)
    const value = this.node(node.target)
    this.#leave(node)
    return value
  }

  #enter(node: AliasNode): void {
    if (this.#open.has(node)) this.#stop('recursive-alias', `anchor '${node.name}' value contains itself`, node)
    this.#open.add(node)
    this.#budget.aliasDepth++
  }

  #leave(node: AliasNode): void {
    this.#open.delete(node)
    this.#budget.aliasDepth--
  }

  #count(node: SyntaxNode): void {
    if (!this.#budget.step()) this.#stop('excessive-aliasing', 'document contains excessive aliasing', node)
  }

  #fault(code: YamlErrorCode, message: string, node: SyntaxNode): void {
    this.faults.push({ code, message, ...this.#place(node) })
  }

  #place(node: SyntaxNode): { offset: number; path: PathStep[] } {
    return { offset: node.start, path: [...this.#path] }
  }

  #stop(code: YamlErrorCode, message: string, node: SyntaxNode): never {
    this.#fault(code, message, node)
    throw stop
  }
}

function child(value: unknown, step: PathStep): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return (value as Target)[step]
}

function isMerge(key: SyntaxNode): boolean {
  if (key.kind !== 'scalar' || key.text !== '<<') return false
  return key.tag === '!!merge' || (key.plain && key.tag === '')
}

// `__proto__` must become a plain entry, never the prototype.
function setOwn(target: Target, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true })
  } else target[name] = value
}
