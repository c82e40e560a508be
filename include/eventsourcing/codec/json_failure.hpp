// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_FAILURE_HPP
#define EVENTSOURCING_CODEC_JSON_FAILURE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Objects and arrays may be nested this deep, when reading and when writing.
inline constexpr unsigned max_json_depth = 64;

/// What went wrong in a JSON text, and where: `$.path[3].x: ...`.
///
/// The place of the failure says what went wrong, and each level adds its part of the path on the
/// way out, so a text without errors pays nothing for paths. All functions return false, to be
/// passed on.
class JsonFailure {
public:
    [[gnu::cold, gnu::noinline]] bool fail(std::string message) {
        text_ = ": ";
        text_ += message;
        return false;
    }
    /// The failure is in this member of an object.
    [[gnu::cold, gnu::noinline]] bool in_member(std::string_view name) {
        constexpr std::size_t limit = 40;
        if (is_plain_identifier(name) && name.size() <= limit)
            text_.insert(0, "." + std::string(name));
        else
            text_.insert(0, "[" + in_quotes(name, limit) + "]");
        return false;
    }
    /// The failure is in this element of an array.
    [[gnu::cold, gnu::noinline]] bool in_element(std::size_t index) {
        text_.insert(0, "[" + std::to_string(index) + "]");
        return false;
    }

    /// Calls `f`, a function of the application; an exception is a failure.
    template <class F>
    bool guard([[maybe_unused]] std::string_view name, F&& f) {
#if defined(__cpp_exceptions)
        try {
            return std::forward<F>(f)();
        } catch (const std::exception& e) {
            return fail("its " + std::string(name) + " failed: " + e.what());
        } catch (...) {
            return fail("its " + std::string(name) + threw_no_exception);
        }
#else
        return std::forward<F>(f)();
#endif
    }

    void forget_failure() { text_.clear(); }
    [[nodiscard]] bool failed() const { return !text_.empty(); }
    [[nodiscard]] Error error(errc kind) const { return {kind, "$" + text_}; }

private:
    std::string text_;
};

} // namespace eventsourcing::detail

#endif
