// Words of forecasts, joined into en.ts; in Chinese in forecast.zh-CN.ts.
export default {
  forecast: {
    station: 'Station', span: 'Span', days_1: 'Next 24 hours', days_7: 'Next 7 days', made: 'Forecast at {at}, anew every night', no_station: 'There is no station yet', energy: 'Energy per hour', label: 'Energy per hour of {name}: past, forecast, band and naive forecast',
    none: 'No forecast for this station', not_yet: 'Forecasts are made every night at 02:40; an administrator can run “Forecasts” at once on the page of jobs', too_short: 'This station has {days} days of data; forecasts begin after {needed} days',
    sum: 'Expected energy', highest: 'Highest hour expected', past: 'Past', said: 'Forecast', naive: 'Naive', band: 'Band (four of five)', definition: 'Energy counts in the hour in which its order ended, as on the home page and the station’s page; the kWh of an hour are its mean kW. Naive: the same hour of the day before for 24 hours, of the week before after that.',
    tested: 'Back-test: forecast against naive', ahead: 'Ahead', of_day: 'Up to 24 hours', of_week: 'Day 2 to 7', error: 'Error', naive_error: 'Naive error', share: 'Error share', naive_share: 'Naive share', inside: 'Inside the band', verdict: 'Verdict', better: 'The forecast is better', no_better: 'No better than naive: take it with care',
    tested_hint: 'Learned from what lies more than two weeks back, the last two weeks were forecast hour by hour and compared with what came. An error is the mean of the absolute errors of hours; its share is their sum over the sum of what came.',
    month: 'Revenue at the end of {month}', so_far: 'Up to yesterday', month_end: 'Expected at the end', month_naive: 'Naive (mean day continued)', month_tested: 'Mean error of forecasts made on the same day of the {n} months before: {error}, naive {naive}', month_untested: 'Less than a whole month of history: not tested yet',
  },
}
