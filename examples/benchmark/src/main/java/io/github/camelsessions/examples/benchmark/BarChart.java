/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.w3c.dom.Document;

/** A chart with a group of bars for each category, written as SVG. Not thread-safe. */
final class BarChart {

    private static final int WIDTH = 1200;
    private static final int HEIGHT = 440;
    private static final String SVG = "http://www.w3.org/2000/svg";

    /** Quiet ones, and loud ones for the last two bars, which the chart is about. */
    private static final Color[] COLORS = {
        new Color(0xB8C1CC),
        new Color(0x5B6770),
        new Color(0x8A9AA8),
        new Color(0x9CC3E6),
        new Color(0x4A80B4),
        new Color(0xE0662B),
        new Color(0xF2A65A)
    };

    private final CategoryChart chart;
    private final List<String> categories;

    BarChart(String title, String yAxis, List<String> categories) {
        this.categories = categories;
        chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .theme(ChartTheme.XChart)
                .title(title)
                .yAxisTitle(yAxis)
                .build();
        chart.getStyler()
                .setYAxisMin(0.0)
                .setXAxisLabelRotation(45)
                .setSeriesColors(COLORS)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPosition(LegendPosition.OutsideE);
    }

    /** Adds one bar to each category. */
    void bars(String name, List<Double> values) {
        chart.addSeries(name, categories, values);
    }

    /** @throws IOException when the file cannot be written, or this JDK has no fonts to measure the text with */
    void write(Path file) throws IOException {
        SVGGraphics2D graphics = new SVGGraphics2D(document());
        try {
            chart.paint(graphics, WIDTH, HEIGHT);
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("the chart cannot be drawn, perhaps because no fonts are installed", e);
        }
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            graphics.stream(writer);
        }
    }

    private static Document document() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }
}
