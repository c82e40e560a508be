// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_METRIC_TEXT_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_METRIC_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing::detail {

/// A metric of the text format of Prometheus. Help texts need no escapes.
struct MetricName {
    std::string_view name;
    std::string_view help;
    /// What tells its samples apart; `subscription`, `category`.
    std::string_view label;
};

inline std::string number_text(double number) {
    std::array<char, 64> digits; // written below
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                   std::chars_format::fixed);
    return end.ec == std::errc{} ? std::string(digits.data(), end.ptr) : "NaN";
}
inline double in_seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// Writes metrics in the text format of Prometheus, version 0.0.4.
class MetricText {
public:
    /// Its samples follow.
    void begin(const MetricName& metric, std::string_view type) {
        add({"# HELP ", metric.name, " ", metric.help, "\n# TYPE ", metric.name, " ", type, "\n"});
    }
    /// `more` is a further label that needs no escapes, with a comma before it.
    void sample(const MetricName& metric, std::string_view suffix, std::string_view label,
                std::string_view more, std::string_view value) {
        add({metric.name, suffix, "{", metric.label, "=\""});
        add_escaped(label);
        add({"\"", more, "} ", value, "\n"});
    }

    [[nodiscard]] std::string take() && { return std::move(all_); }

private:
    void add(std::initializer_list<std::string_view> texts) {
        for (const std::string_view text : texts)
            all_ += text;
    }
    /// Bytes that are not UTF-8 become question marks: a scraper would refuse all of it.
    void add_escaped(std::string_view label) {
        while (!label.empty()) {
            const std::size_t size = decode_utf8(label).size;
            if (size == 0)
                all_ += '?';
            else if (label.front() == '\n')
                all_ += "\\n";
            else if (label.front() == '"' || label.front() == '\\')
                add({"\\", label.substr(0, 1)});
            else
                all_ += label.substr(0, size);
            label.remove_prefix(size == 0 ? 1 : size);
        }
    }

    std::string all_;
};

} // namespace eventsourcing::detail

#endif
