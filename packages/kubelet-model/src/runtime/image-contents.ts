import type { ContainerMount } from '../files/container-files.ts'
import { FileError } from '../files/file-error.ts'
import { type DirectoryEntry, directoryOf, type FileNode } from '../files/file-tree.ts'
import { PathWalker } from '../files/path-walker.ts'
import type { ImageMount } from '../volumes/image/image-mounts.ts'
import { imageMountFailed } from '../volumes/image/image-volumes.ts'
import { RuntimeError } from './faults.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** What one image holds. Its tree is made when somebody looks, and shared by all who mount it. */
class ImageContent {
  /** What was published, by which one knows whether it is still the same. */
  readonly published: Files | undefined
  readonly files: Files
  #tree: DirectoryEntry | undefined

  constructor(base: Files, published: Files | undefined) {
    this.published = published
    this.files = { ...base, ...published }
  }

  get tree(): DirectoryEntry {
    this.#tree ??= directoryOf(this.files)
    return this.#tree
  }
}

/** Where images come from. */
export interface ImageSources {
  /** What the program of an image brings. */
  readonly base: (image: string) => Files | undefined
  /** What a registry has at present. */
  readonly published: (image: string) => Files | undefined
}

/** What the images of a node hold, as they were when they were pulled. */
export class ImageContents {
  readonly #known: Map<string, ImageContent> = new Map()
  readonly #sources: ImageSources

  constructor(sources: ImageSources) {
    this.#sources = sources
  }

  /** An image was pulled. Those who have mounted what it held before go on with that. */
  keep(image: string, published: Files | undefined): void {
    const known = this.#known.get(image)
    if (known !== undefined && known.published === published) return
    if (known === undefined && published === undefined) return
    this.#known.set(image, this.#make(image, published))
  }

  forget(image: string): void {
    this.#known.delete(image)
  }

  files(image: string): Files {
    return this.#of(image).files
  }

  /** Throws a RuntimeError for a sub-path that is not there. */
  mount({ name, path, reference, subPath }: ImageMount): ContainerMount {
    const content = this.#of(reference)
    if (subPath === '') {
      return {
        name,
        path,
        readOnly: true,
        get node() {
          return content.tree
        },
      }
    }
    return { name, path, readOnly: true, node: partOf(content.tree, subPath) }
  }

  #of(image: string): ImageContent {
    const known = this.#known.get(image) ?? this.#make(image, this.#sources.published(image))
    this.#known.set(image, known)
    return known
  }

  #make(image: string, published: Files | undefined): ImageContent {
    return new ImageContent(this.#sources.base(image) ?? {}, published)
  }
}

function partOf(tree: DirectoryEntry, subPath: string): FileNode {
  const why = (text: string) => new RuntimeError('create', `${imageMountFailed}: stat ${subPath}: ${text}`)
  try {
    const { node } = new PathWalker(tree, [], true).find(subPath, { follow: true })
    if (node === undefined) throw why('no such file or directory')
    return node
  } catch (error) {
    if (error instanceof FileError)
      throw why(error.kind === 'ENOTDIR' ? 'not a directory' : 'no such file or directory')
    throw error
  }
}
