// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_WITNESS_HPP
#define EVENTSOURCING_TESTING_LAWS_WITNESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail::laws {

inline std::string text_of(const Error& error) {
    return std::string(enum_name(error.kind())) + " (" + error.message() + ")";
}

/// A part of a sentence: text, which belongs to the caller, or a number.
class Part {
public:
    template <class T>
        requires std::convertible_to<const T&, std::string_view>
    Part(const T& text) : text_(text) {}
    Part(std::size_t number) : number_(number) {}

    void append_to(std::string& sentence) const {
        if (number_)
            sentence += std::to_string(*number_);
        else
            sentence += text_;
    }

private:
    std::string_view text_{};
    std::optional<std::size_t> number_{};
};

/// Notes what is not as a law says. For one thread.
class Witness {
public:
    /// Unless it holds, notes what was seen, a sentence in parts; returns whether it holds.
    template <class... Parts>
    bool expect(bool holds, const Parts&... parts) {
        if (!holds)
            note({Part(parts)...});
        return holds;
    }
    template <class T>
    bool expect_done(const Result<T>& answer, Part what) {
        if (!answer)
            note({what, " answered ", text_of(answer.error())});
        return answer.has_value();
    }
    template <class T>
    bool expect_refused(const Result<T>& answer, errc kind, Part what) {
        return expect_error(answer ? nullptr : &answer.error(), kind, what);
    }
    [[nodiscard]] bool broken() const { return faults_ > 0; }
    [[nodiscard]] const std::string& seen() const { return seen_; }

private:
    /// Only the first three faults are kept.
    void note(std::initializer_list<Part> parts) {
        if (faults_++ >= 3)
            return;
        seen_ += seen_.empty() ? "" : "; ";
        for (const Part& part : parts)
            part.append_to(seen_);
    }
    bool expect_error(const Error* error, errc kind, Part what) {
        if (!error)
            note({what, " was accepted, not refused as ", enum_name(kind)});
        else if (*error != kind)
            note({what, " answered ", text_of(*error), ", not ", enum_name(kind)});
        return error && *error == kind;
    }

    std::size_t faults_ = 0;
    std::string seen_;
};

} // namespace eventsourcing::detail::laws

#endif
