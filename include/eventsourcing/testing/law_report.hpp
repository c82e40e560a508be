// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAW_REPORT_HPP
#define EVENTSOURCING_TESTING_LAW_REPORT_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

enum class LawVerdict : std::uint8_t {
    held,
    broken,
    not_owed,    ///< the store's capabilities do not promise it
    not_checked, ///< promised, but the test lacks something; `seen` says what
};

/// The result of one law.
struct LawResult {
    /// A sentence: `one append is all or none`.
    std::string_view law;
    LawVerdict verdict;
    /// What was seen if it is broken, or why it was not checked.
    std::string seen;
};

/// What `check_store_laws` found: true in a condition if no law is broken.
class LawReport {
public:
    explicit LawReport(std::string_view store) : store_(store) {}

    void add(LawResult result) { results_.push_back(std::move(result)); }

    [[nodiscard]] const std::vector<LawResult>& results() const { return results_; }
    [[nodiscard]] std::size_t count(LawVerdict verdict) const {
        std::size_t found = 0;
        for (const LawResult& result : results_)
            found += result.verdict == verdict ? 1 : 0;
        return found;
    }
    [[nodiscard]] explicit operator bool() const { return count(LawVerdict::broken) == 0; }

    /// One line for each law, those that are broken with what was seen.
    [[nodiscard]] std::string to_string() const {
        const auto word = [](LawVerdict verdict) -> std::string_view {
            switch (verdict) {
            case LawVerdict::held:
                return "held       ";
            case LawVerdict::broken:
                return "BROKEN     ";
            case LawVerdict::not_owed:
                return "not owed   ";
            case LawVerdict::not_checked:
                return "not checked";
            }
            return {};
        };
        std::string text = store_ + ": " + std::to_string(count(LawVerdict::held)) +
                           " laws held, " + std::to_string(count(LawVerdict::broken)) + " broken\n";
        for (const LawResult& result : results_) {
            text += "  ";
            text += word(result.verdict);
            text += "  ";
            text += result.law;
            if (!result.seen.empty())
                text += ": " + result.seen;
            text += '\n';
        }
        return text;
    }

    // A template, so that this header needs no <ostream>: a caller that prints includes it.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const LawReport& report) {
        return out << report.to_string();
    }

private:
    std::string store_;
    std::vector<LawResult> results_;
};

} // namespace eventsourcing

#endif
