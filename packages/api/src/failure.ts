/** Why a request was not answered with what it asked for; sent as `{code, message}`. */
export type FailureCode =
  | 'INVALID_INPUT'
  | 'UNAUTHORIZED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_ACCEPTABLE'
  | 'CONFLICT'
  | 'TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'FAILED'
  | 'UNAVAILABLE'

export const STATUS_OF: Readonly<Record<FailureCode, number>> = {
  INVALID_INPUT: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  CONFLICT: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  FAILED: 500,
  UNAVAILABLE: 503,
}

/** A request that is refused. */
export type ApiFailure = { readonly code: FailureCode; readonly message: string }

export function apiFailure(
  code: FailureCode,
  message: string,
): { readonly ok: false; readonly error: ApiFailure } {
  return { ok: false, error: { code, message } }
}
