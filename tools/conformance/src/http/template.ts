/** Fills in `${name}` from `variables` and `${x*3}` with `xxx`; unknown names stay as they are. */
export function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(?:([A-Za-z])\*([0-9]+)|([A-Za-z][\w.-]*))\}/g, (whole, letter, count, name) =>
    name === undefined ? String(letter).repeat(Number(count)) : (variables.get(name) ?? whole),
  )
}

/** The value at `a.b[0].c` or `items[metadata.name=x].y`; undefined where it leads nowhere, the whole for ''. */
export function pick(value: unknown, path: string): unknown {
  const parts = path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? []
  return parts.reduce<unknown>(
    (at, part) => (part.startsWith('[') ? item(at, part.slice(1, -1)) : field(at, part)),
    value,
  )
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function item(value: unknown, selector: string): unknown {
  if (!Array.isArray(value)) return undefined
  const equals = selector.indexOf('=')
  if (equals < 0) return value[Number(selector)]
  const wanted = selector.slice(equals + 1)
  return value.find((one) => String(pick(one, selector.slice(0, equals))) === wanted)
}
