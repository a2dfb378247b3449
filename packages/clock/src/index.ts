export { type ClockOptions, startClock } from './clockService.ts'
