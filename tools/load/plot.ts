/**
 * Plot: a soak as a picture. Memory, latency and refusals over its minutes, one below the other.
 *
 * @module
 */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Sample } from './soak';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 900;
const PANEL = 250;
const TOP = 60;

interface Panel {
  readonly title: string;
  readonly kind: 'line' | 'bar';
  /** Of what is mostly small and now and then very large. */
  readonly isLogarithmic?: boolean;
  readonly series: Readonly<Record<string, (sample: Sample) => number>>;
}

/** @returns An SVG document. */
export function plot(samples: readonly Sample[]): string {
  const reasons = [...new Set(samples.flatMap(({ refused }) => Object.keys(refused)))].sort();
  const panels: readonly Panel[] = [
    {
      title: 'Memory, MB',
      kind: 'line',
      series: {
        'worker, resident': (sample) => sample.workerMb,
        'worker, heaps after collection': (sample) => sample.workerHeapMb,
        'client, resident': (sample) => sample.clientMb,
        'client, heap after collection': (sample) => sample.clientHeapMb,
      },
    },
    {
      title: 'Latency, ms',
      kind: 'line',
      isLogarithmic: true,
      series: {
        'start to question, p50': (sample) => sample.askedP50Ms,
        'answer to result, p50': (sample) => sample.answeredP50Ms,
        'answer to result, p99': (sample) => sample.answeredP99Ms,
      },
    },
    {
      title: 'Refused answers, each minute',
      kind: 'bar',
      series: Object.fromEntries(reasons.map((reason) => [reason, (sample: Sample) => sample.refused[reason] ?? 0])),
    },
  ];
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: panels.length * PANEL });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: panels.map(({ title }, nth) => ({
      text: title,
      left: 10,
      top: nth * PANEL + 8,
      textStyle: { fontSize: 14 },
    })),
    legend: panels.map(({ series }, nth) => ({ data: Object.keys(series), top: nth * PANEL + 30, left: 10 })),
    grid: panels.map((_panel, nth) => ({
      left: 60,
      right: 20,
      top: nth * PANEL + TOP,
      height: PANEL - TOP - 40,
    })),
    xAxis: panels.map(({ kind }, nth) => ({
      gridIndex: nth,
      type: kind === 'bar' ? 'category' : 'value',
      ...(kind === 'bar' ? { data: samples.map(({ minute }) => Math.round(minute)) } : { max: 'dataMax' }),
      name: nth === panels.length - 1 ? 'minute' : '',
      nameLocation: 'middle',
      nameGap: 24,
    })),
    yAxis: panels.map(({ isLogarithmic = false }, nth) => ({
      gridIndex: nth,
      ...(isLogarithmic ? { type: 'log', min: 10 } : { type: 'value', min: 0 }),
    })),
    series: panels.flatMap(({ kind, series }, nth) =>
      Object.entries(series).map(([name, read]) => ({
        name,
        type: kind,
        xAxisIndex: nth,
        yAxisIndex: nth,
        showSymbol: false,
        ...(kind === 'bar' ? { stack: 'all' } : {}),
        data: samples.map((sample) => (kind === 'bar' ? read(sample) : [sample.minute, read(sample)])),
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
