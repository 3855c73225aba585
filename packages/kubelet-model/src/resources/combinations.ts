/**
 * A list of fixed length over memory that later lists may share. Upstream keeps its best combination in such a list while
 * it goes on with the next ones, so what was kept changes when four or more nodes are combined, and so do the CPUs that
 * v1.35 hands out.
 */
export interface SharedList {
  readonly memory: number[]
  readonly length: number
}

/** What a shared list holds now. */
export function listed({ memory, length }: SharedList): readonly number[] {
  return memory.slice(0, length)
}

/** Memory doubles when it is full: one more entry goes into the same memory while there is room. */
function append(list: SharedList & { readonly capacity: number }, value: number): SharedList & { capacity: number } {
  const { memory, length, capacity } = list
  if (length < capacity) {
    memory[length] = value
    return { memory, length: length + 1, capacity }
  }
  return { memory: [...memory.slice(0, length), value], length: length + 1, capacity: Math.max(1, capacity * 2) }
}

/** Calls back with every choice of `size` values, in order, until the callback answers false. */
export function eachCombination(
  values: readonly number[],
  size: number,
  visit: (combination: SharedList) => boolean,
): void {
  const walk = (list: SharedList & { capacity: number }, start: number): boolean => {
    const missing = size - list.length
    if (missing === 0) return visit(list)
    for (let index = start; index <= values.length - missing; index++) {
      const value = values[index]
      if (value !== undefined && !walk(append(list, value), index + 1)) return false
    }
    return true
  }
  if (size >= 1) walk({ memory: [], length: 0, capacity: 0 }, 0)
}
