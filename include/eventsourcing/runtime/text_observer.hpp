// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_TEXT_OBSERVER_HPP
#define EVENTSOURCING_RUNTIME_TEXT_OBSERVER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/runtime/observing/plain_text.hpp>
#include <eventsourcing/runtime/observing/sentence_of.hpp>
#include <eventsourcing/runtime/told.hpp>

#include <concepts>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// An observer that says each thing that it is told in one line: to a file, as
/// `TextObserver{stderr}`, or to a function that takes a `std::string_view`, without the end of the
/// line.
///
/// It calls the function in the threads that do the work, in several at once if there are several.
template <class Out>
    requires std::same_as<Out, std::FILE*> || std::invocable<Out&, std::string_view>
class TextObserver {
public:
    explicit TextObserver(Out out) : out_(std::move(out)) {}

    template <class Told>
        requires requires(const Told& told) { detail::sentence_of(told); }
    void on(const Told& told) {
        std::string line = detail::one_line(detail::sentence_of(told));
        if constexpr (std::same_as<Out, std::FILE*>) {
            line += '\n'; // one call for the line: no other thread writes into it
            static_cast<void>(std::fwrite(line.data(), 1, line.size(), out_));
        } else {
            out_(std::string_view(line));
        }
    }

private:
    Out out_;
};

} // namespace eventsourcing

#endif
