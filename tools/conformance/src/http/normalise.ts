import { decodeObject } from '@kube-bonsai/api-protobuf'
import type { Scenario, Step, StepAnswer, Transcript } from './scenario.ts'
import { Versions } from './versions.ts'

/** An answer in which everything that two correct servers may answer differently has become a label. */
export interface NormalAnswer {
  readonly status: number
  readonly error?: string
  readonly headers: Readonly<Record<string, unknown>>
  /** JSON, a list of events for a watch, or text. */
  readonly body: unknown
}

const uuids = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g
const times = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)/g
const goTimes = /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+(?: m=\S+)?/g
const pointers = /\b0x[0-9a-f]{8,12}\b/g
const serviceAddresses = /\b10\.0\.\d{1,3}\.\d{1,3}\b/g
const nodePorts = /\b3[0-2]\d{3}\b/
const ages = /^(?:(?:\d+[ydhms])+(?: ago)?|<invalid>)$/
const tokens = /\bey[\w-]{10,}\.(ey[\w-]{10,})\.[\w-]+/g
const generatedSuffix = '[bcdfghjklmnpqrstvwxz2456789]{5}'

/** Makes the answers of one play comparable. Answers must come in the order of the steps. */
export class Normaliser {
  readonly #run: string
  readonly #host: string | undefined
  /** The requests as text: what they spell out, a server may not make up. */
  readonly #asked: string
  readonly #generated: readonly (readonly [pattern: RegExp, prefix: string])[]
  readonly #uids = new Map<string, string>()
  readonly #versions: Versions

  constructor({ steps }: Scenario, { run, url, startRv }: Transcript) {
    this.#run = run
    this.#host = url === undefined ? undefined : new URL(url).host
    this.#asked = JSON.stringify(steps)
    const prefixes = new Set([...this.#asked.matchAll(/"generateName":"([^"$]+)"/g)].map(([, prefix = '']) => prefix))
    this.#generated = [...prefixes, 'kube-api-access-'].map((prefix) => [
      new RegExp(`${prefix.replace(/[^\w-]/g, '\\$&')}${generatedSuffix}(?![a-z0-9])`, 'g'),
      prefix,
    ])
    this.#versions = new Versions(startRv)
  }

  normalise(step: Step, answer: StepAnswer): NormalAnswer {
    this.#versions.begin(step.name)
    const headers = Object.entries(answer.headers).map(([name, value]) => [
      name,
      this.#text(this.#unnamed(String(value)), ''),
    ])
    const error = answer.error === undefined ? {} : { error: answer.error }
    return { status: answer.status, ...error, headers: Object.fromEntries(headers), body: this.#body(step, answer) }
  }

  #body(step: Step, { status, text = '', base64 }: StepAnswer): unknown {
    if (base64 !== undefined) return this.#binary(base64)
    const unnamed = this.#unnamed(text)
    if (step.compare === 'raw') return this.#rawText(unnamed)
    if (step.stream === undefined || status >= 400) return this.#json(unnamed)
    const lines = unnamed.split('\n').filter((line) => line !== '')
    return lines.map((line) => {
      this.#versions.begin(step.name)
      return this.#json(line)
    })
  }

  /** Protobuf of kinds that have tables is compared as the object it holds; `undefined` elsewhere, as in watches. */
  #binary(base64: string): unknown {
    try {
      const object = decodeObject(new Uint8Array(Buffer.from(base64, 'base64')))
      return { protobuf: this.#json(this.#unnamed(JSON.stringify(object))) }
    } catch {
      return undefined
    }
  }

  /** The part of names that is new in each play, as one that is always the same and as long. */
  #unnamed(text: string): string {
    return text.replaceAll(this.#run, 'R'.repeat(this.#run.length))
  }

  #json(text: string): unknown {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return this.#text(text, '')
    }
    return this.#value(value, '', '')
  }

  #value(value: unknown, key: string, path: string): unknown {
    if (typeof value === 'string') return this.#string(value, key, path)
    if (typeof value === 'number') return this.#number(value, key)
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.#value(item, key, `${path}[${index}]`))
      return key === 'managedFields' ? items.sort((a, b) => order(inKeyOrder(a), inKeyOrder(b))) : items
    }
    if (typeof value !== 'object' || value === null) return value
    const isList = Array.isArray(Reflect.get(value, 'items')) || Reflect.get(value, 'type') === 'BOOKMARK'
    const fields = Object.entries(value)
    // A list's own version is judged by those of its items.
    if (isList) fields.sort(([a], [b]) => Number(a === 'metadata') - Number(b === 'metadata'))
    return Object.fromEntries(
      fields.map(([name, field]) => [
        this.#text(name, path),
        isList && (name === 'metadata' || name === 'object')
          ? this.#listPart(field, name, `${path}.${name}`)
          : this.#value(field, name, path === '' ? name : `${path}.${name}`),
      ]),
    )
  }

  #listPart(value: unknown, name: string, path: string): unknown {
    if (typeof value !== 'object' || value === null) return this.#value(value, name, path)
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => {
        if (key === 'resourceVersion' && typeof field === 'string') return [key, this.#versions.ofList(field)]
        if (key === 'metadata') return [key, this.#listPart(field, key, `${path}.${key}`)]
        return [key, this.#value(field, key, `${path}.${key}`)]
      }),
    )
  }

  #string(text: string, key: string, path: string): string {
    if (key === 'resourceVersion') return this.#versions.ofObject(text, path)
    if (key === 'continue' && text !== '') return '<continue>'
    if (key === 'cells' && ages.test(text)) return '<age>'
    return this.#text(text, path)
  }

  #number(value: number, key: string): unknown {
    const chosen = (key === 'nodePort' || key === 'healthCheckNodePort') && nodePorts.test(String(value))
    return chosen && !this.#asked.includes(String(value)) ? '<node port>' : value
  }

  #text(text: string, path: string): string {
    let out = this.#host === undefined ? text : text.replaceAll(this.#host, '<server>')
    for (const [pattern, prefix] of this.#generated) out = out.replace(pattern, `${prefix}<5>`)
    return out
      .replace(tokens, (_, claims: string) => `<token ${this.#claims(claims)}>`)
      .replace(uuids, (uid) => this.#uid(uid, path))
      .replace(times, (time: string, fraction?: string) =>
        this.#asked.includes(time) ? time : fraction === undefined ? '<time>' : `<time.${fraction.length}>`,
      )
      .replace(goTimes, '<time>')
      .replace(pointers, '<pointer>')
      .replace(serviceAddresses, (ip) => (ip === '10.0.0.1' || this.#asked.includes(ip) ? ip : '<service ip>'))
      .replace(
        /(resource ?version[^0-9a-z]{1,8}|ResourceVersion in [a-z ]+[:(] ?|current: |in precondition: )\d+( \(\d+\))?/gi,
        '$1<version>',
      )
      .replace(/(:|[nN]odePort\\*": ?)3[0-2]\d{3}(?=\/(?:TCP|UDP|SCTP)|[,}])/g, (whole, head: string) =>
        this.#asked.includes(whole.slice(head.length)) ? whole : `${head}<node port>`,
      )
  }

  #rawText(text: string): string {
    return this.#text(text, '')
      .replace(/("?resourceVersion"?: ?"?)\d+/g, '$1<version>')
      .replace(/("?uid"?: ?"?)[^"\n]+/g, '$1<uid>')
      .replace(/([nN]odePort"?: ?)(3[0-2]\d{3})\b/g, (whole, head: string, port: string) =>
        this.#asked.includes(port) ? whole : `${head}<node port>`,
      )
  }

  #uid(uid: string, path: string): string {
    if (this.#asked.includes(uid)) return uid
    const known = this.#uids.get(uid)
    if (known !== undefined) return known
    this.#uids.set(uid, `<uid of ${this.#versions.step} ${path}>`)
    return '<new uid>'
  }

  /** What a token says, its times as seconds since it was issued. */
  #claims(encoded: string): string {
    try {
      const claims: unknown = JSON.parse(this.#unnamed(Buffer.from(encoded, 'base64url').toString('utf8')))
      const issued = Number(Reflect.get(Object(claims), 'iat'))
      return JSON.stringify(claims, (key, value: unknown) =>
        typeof value === 'number' && /^(?:iat|nbf|exp|warnafter)$/.test(key)
          ? value - issued
          : typeof value === 'string'
            ? this.#text(value, `token.${key}`)
            : value,
      )
    } catch {
      return 'unreadable'
    }
  }
}

/** The same text for the same fields, in whatever order they come. */
const inKeyOrder = (entry: unknown): string =>
  JSON.stringify(Object.entries(Object(entry)).sort(([a], [b]) => order(a, b)))

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
