import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { goText } from '../util/go-text.ts'
import { insertionSort } from './order.ts'

/** How long a list Go sorts by insertion; a longer one is sorted otherwise, which shows only with equal items. */
const insertionLimit = 12

/** Sorts values by their text. */
export function sortScalars(list: readonly unknown[]): readonly unknown[] {
  return sortByText(list, goText)
}

/**
 * Sorts by a text as upstream does, whose comparison calls equal items less than each other: short lists come out
 * with equal items turned around.
 */
export function sortByText<T>(list: readonly T[], textOf: (item: T) => string): readonly T[] {
  const items = list.map((item) => ({ item, text: textOf(item) }))
  if (items.length <= insertionLimit) insertionSort(items, (a, b) => compareUtf8(a.text, b.text) <= 0)
  else items.sort((a, b) => compareUtf8(a.text, b.text))
  return items.map(({ item }) => item)
}
