import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Api } from '../../src/index.ts'

type Operation = {
  readonly operationId: string
  readonly responses: Record<string, { content?: Record<string, { schema: object }> } | undefined>
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
export type Json = any

/** The API's own description, against which its answers are held. */
export class Contract {
  readonly #api: Api
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false })
  readonly #document: { readonly paths: Record<string, Record<string, Operation>> }

  private constructor(api: Api, document: Json) {
    this.#api = api
    this.#document = document
    this.#ajv.addSchema(document, 'document')
  }

  static async of(api: Api): Promise<Contract> {
    const response = await api.server.inject('/lean/v0/openapi.json')
    return new Contract(api, response.json())
  }

  /** Throws unless the document is valid OpenAPI. */
  static async validate(document: Json): Promise<void> {
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    if (!valid) throw new Error(JSON.stringify(errors))
  }

  get document(): Json {
    return this.#document
  }

  get operationIds(): string[] {
    return Object.values(this.#document.paths)
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId }) => operationId)
      .sort()
  }

  /** The JSON answer to a good request. */
  async json(url: string): Promise<Json> {
    return (await this.check(url, 'application/json')).body
  }

  /** Asks, and throws unless the answer is a 200 of the shape that the document gives it. */
  async check(url: string, accept: string): Promise<{ readonly body: Json; readonly operation: string }> {
    const response = await this.#api.server.inject({ url, headers: { accept } })
    if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${response.body}`)
    const operation = this.#operationFor(url.split('?')[0]!)
    const body = response.json()
    const schema = operation.responses['200']?.content?.['application/json']?.schema
    if (schema !== undefined && !this.#ajv.validate(schema, body)) {
      throw new Error(`${url}: ${this.#ajv.errorsText()}: ${response.body.slice(0, 500)}`)
    }
    return { body, operation: operation.operationId }
  }

  /** The operation of a path: one with a parameter only where none is spelled out. */
  #operationFor(path: string): Operation {
    const spelledOut = this.#document.paths[path]?.get
    if (spelledOut !== undefined) return spelledOut
    const pattern = Object.keys(this.#document.paths).find((candidate) =>
      new RegExp(`^${candidate.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    const operation = pattern && this.#document.paths[pattern]?.get
    if (!operation) throw new Error(`the document has no ${path}`)
    return operation
  }
}
