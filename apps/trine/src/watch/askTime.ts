import type { Scheduler } from '@trine/actors'
import { failure, type Result, success } from '@trine/types'
import { withLogin } from '../withLogin.ts'
import type { TimeSample } from './offsetRange.ts'

const PATIENCE_MILLISECONDS = 5000

/** Asks an HTTP server for its time. Whatever it answers, also a refusal, has a `Date`; the error is for people. */
export async function askTime(
  url: string,
  scheduler: Pick<Scheduler, 'now'>,
  signal?: AbortSignal,
): Promise<Result<TimeSample, string>> {
  const { address, headers } = withLogin(url)
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS)
  try {
    const sentAt = scheduler.now()
    const response = await fetch(address, {
      method: 'HEAD',
      headers,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    })
    const receivedAt = scheduler.now()
    const told = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(told)) return failure('its answer has no Date')
    return success({ sentAt, receivedAt, told })
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException }
    return failure(cause?.code ?? message)
  }
}
