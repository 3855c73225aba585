const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

const words: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/**
 * A property's name as expressions write it: `namespace` is `__namespace__`, `a-b` is `a__dash__b`. Undefined for names
 * that no expression can write.
 *
 * @see apiserver/pkg/cel/escaping.go
 */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined
  return reserved.has(name) ? `__${name}__` : name.replace(/__|[./-]/g, (part) => words[part] ?? part)
}

const back: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/** The name that an escaped one stands for; undefined when it stands for none. */
export function unescapeName(escaped: string): string | undefined {
  let valid = true
  const name = escaped.replace(/__([^_]+)__/g, (whole, word: string) => {
    if (Object.hasOwn(back, word)) return back[word] ?? ''
    if (!reserved.has(word) || whole !== escaped) valid = false
    return word
  })
  return valid ? name : undefined
}
