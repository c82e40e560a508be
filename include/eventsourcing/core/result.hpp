// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_RESULT_HPP
#define EVENTSOURCING_CORE_RESULT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/lifetimebound.hpp>

#include <concepts>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#if !defined(__cpp_exceptions) && __has_include(<unistd.h>)
#    include <unistd.h>
#endif

namespace eventsourcing {

/// What `Result::value` throws when there is none; it has the error.
class BadResult : public std::exception {
public:
    explicit BadResult(Error error) : error_(std::move(error)), text_(error_.message()) {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    [[nodiscard]] const Error& error() const noexcept EVENTSOURCING_LIFETIMEBOUND { return error_; }

private:
    Error error_;
    std::string text_;
};

/// Has a value or an error: `Result`, `std::expected`, `tl::expected`. Left out on purpose:
/// optionals (no error) and containers of events (no `has_value`).
template <class R>
concept ExpectedLike = requires(R result) {
    static_cast<bool>(result);
    { result.has_value() } -> std::same_as<bool>;
    std::move(result).error();
};

template <class T>
class Result;
struct Nothing;

namespace detail {

[[noreturn]] inline void bad_result([[maybe_unused]] const Error& error) {
#if defined(__cpp_exceptions)
    throw BadResult(error);
#else
#    if __has_include(<unistd.h>)
    const std::string text = error.message() + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
#    endif
    std::abort();
#endif
}

// The names are what the compiler shows in a constant expression, where these can't be called. As
// they are noexcept, the program ends; the terminate handler of libstdc++ and libc++ prints the
// text, and without exceptions `bad_result` does.
[[noreturn, gnu::cold, gnu::noinline]] inline void
es_this_result_holds_an_error_check_it_first(const Error& error) noexcept {
    bad_result(Error(error).with_message(
        "eventsourcing: the value of a Result was used (*result or result->), but it holds an "
        "error; check it first: if (!result). The error: " +
        error.message()));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void
es_this_result_holds_a_value_and_no_error() noexcept {
    bad_result(Error(errc::invalid, "eventsourcing: error() of a Result was called, but it holds "
                                    "a value; check it first: if (!result)"));
}

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

/// A `T` that takes several values in braces and says so: `Events`, for `return {A{}, B{}};`.
template <class T>
concept BraceList = requires { typename T::BraceListTag; };

/// A container of variants, as a decision may be: its elements may be given in braces.
template <class T, class... Elements>
concept ListOfVariants =
    sizeof...(Elements) > 0 && !BraceList<T> &&
    !(is_result<std::remove_cvref_t<Elements>> || ...) && requires {
        typename T::value_type;
        requires is_variant<typename T::value_type>;
        requires std::constructible_from<T, std::initializer_list<typename T::value_type>>;
        requires(std::convertible_to<Elements, typename T::value_type> && ...);
    };

/// Values of the members of a struct, whose name was left out.
template <class T, class... Members>
concept MembersOf = std::is_aggregate_v<T> && sizeof...(Members) > 0 &&
                    !(is_result<std::remove_cvref_t<Members>> || ...) &&
                    !(std::convertible_to<Members, T> || ...) &&
                    requires(Members&&... members) { T{static_cast<Members&&>(members)...}; };

template <class T>
consteval bool explain_braces() {
    EVENTSOURCING_EXPLAIN(requirement_met_by<T>,
                          "write the name of the struct: return TheEvent{...}; braces alone are "
                          "for the events of an es::Result<es::Events<Event>>",
                          T);
    return true;
}
template <class T>
consteval bool explain_nothing() {
    EVENTSOURCING_EXPLAIN(requirement_met_by<T>,
                          "es::nothing is no value of this Result, which always holds one event; "
                          "return an es::Result<es::Events<Event>>",
                          T);
    return true;
}

/// Makes an error of a destroyed `Result` for which no value could be made: it is destroyed again.
template <class R>
struct ErrorUnlessMade {
    R* result;

    constexpr ~ErrorUnlessMade() {
        if (result != nullptr)
            std::construct_at(result, errc::threw);
    }
};

} // namespace detail

/// A value or an `Error`, with members of `std::expected` (C++20 has none): `has_value`, `*`, `->`,
/// `value`, `value_or`, `error`, `and_then`, `transform` and `or_else`.
///
/// `value()` on an error throws `BadResult`, or prints the error and aborts if exceptions are off;
/// it is the one way an exception leaves this library. `*result` of an error, and `error()` of a
/// value, are undefined as they are for `std::expected`; they are checked as libstdc++ checks its
/// own types, and end the program with a message, if `_GLIBCXX_ASSERTIONS` is defined or `NDEBUG`
/// is not.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = Error;

    constexpr Result()
        requires std::default_initializable<T>
        : value_(),
          ok_(true) {}

    template <class U = T>
        requires(!std::same_as<std::remove_cvref_t<U>, Result> &&
                 !std::same_as<std::remove_cvref_t<U>, Error> &&
                 !std::same_as<std::remove_cvref_t<U>, errc> && std::convertible_to<U, T>)
    constexpr Result(U&& value) : value_(std::forward<U>(value)),
                                  ok_(true) {}

    template <class First, class Second, class... More>
        requires(detail::BraceList<T> && std::constructible_from<T, First, Second, More...>)
    constexpr Result(First&& first, Second&& second, More&&... more)
        : value_(std::forward<First>(first), std::forward<Second>(second),
                 std::forward<More>(more)...),
          ok_(true) {}

    template <class... Elements>
        requires detail::ListOfVariants<T, Elements...>
    constexpr Result(Elements&&... elements)
        : value_(std::initializer_list<typename T::value_type>{
              typename T::value_type(std::forward<Elements>(elements))...}),
          ok_(true) {}

    /// Does not compile: says that `return {members}` lacks the name of the struct.
    template <class... Members>
        requires detail::MembersOf<T, Members...>
    constexpr Result(Members&&... /*members*/) : Result(errc::internal) {
        static_assert(detail::explain_braces<T>());
    }
    /// Does not compile: says that `nothing` can't be this value.
    template <std::same_as<Nothing> None>
        requires(!std::convertible_to<None, T>)
    constexpr Result(const None& /*none*/) : Result(errc::internal) {
        static_assert(detail::explain_nothing<T>());
    }

    template <class... Args>
        requires std::constructible_from<T, Args...>
    constexpr explicit Result(std::in_place_t /*tag*/, Args&&... args)
        : value_(std::forward<Args>(args)...),
          ok_(true) {}

    constexpr Result(Error error) : error_(std::move(error)), ok_(false) {}
    constexpr Result(errc kind) : error_(kind), ok_(false) {}

    constexpr Result(const Result& other) : ok_(other.ok_) {
        if (ok_)
            std::construct_at(std::addressof(value_), other.value_);
        else
            std::construct_at(std::addressof(error_), other.error_);
    }
    constexpr Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
        : ok_(other.ok_) {
        if (ok_)
            std::construct_at(std::addressof(value_), std::move(other.value_));
        else
            std::construct_at(std::addressof(error_), std::move(other.error_));
    }
    constexpr Result& operator=(const Result& other) {
        return *this = Result(other); // the copy first: if it throws, nothing has changed
    }
    /// If moving the value in throws, this holds `errc::threw` afterwards.
    constexpr Result& operator=(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this != &other) {
            std::destroy_at(this);
            if constexpr (std::is_nothrow_move_constructible_v<T>) {
                std::construct_at(this, std::move(other));
            } else {
                detail::ErrorUnlessMade<Result> pending{this};
                std::construct_at(this, std::move(other));
                pending.result = nullptr;
            }
        }
        return *this;
    }
    /// Moves no value: that may take long, or long to compile.
    template <std::same_as<Error> E>
    constexpr Result& operator=(E error) noexcept {
        std::destroy_at(this);
        return *std::construct_at(this, std::move(error));
    }
    constexpr ~Result() {
        if (ok_)
            std::destroy_at(std::addressof(value_));
        else
            std::destroy_at(std::addressof(error_));
    }

    [[nodiscard]] constexpr bool has_value() const noexcept { return ok_; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return ok_; }

    [[nodiscard]] constexpr T& operator*() & noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_value(), value_;
    }
    [[nodiscard]] constexpr const T& operator*() const& noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_value(), value_;
    }
    [[nodiscard]] constexpr T&& operator*() && noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_value(), std::move(value_);
    }
    [[nodiscard]] constexpr T* operator->() noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_value(), std::addressof(value_);
    }
    [[nodiscard]] constexpr const T* operator->() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_value(), std::addressof(value_);
    }

    [[nodiscard]] constexpr T& value() & EVENTSOURCING_LIFETIMEBOUND { return checked(), value_; }
    [[nodiscard]] constexpr const T& value() const& EVENTSOURCING_LIFETIMEBOUND {
        return checked(), value_;
    }
    [[nodiscard]] constexpr T&& value() && EVENTSOURCING_LIFETIMEBOUND {
        return checked(), std::move(value_);
    }

    template <class U>
    [[nodiscard]] constexpr T value_or(U&& other) const& {
        return ok_ ? value_ : static_cast<T>(std::forward<U>(other));
    }
    template <class U>
    [[nodiscard]] constexpr T value_or(U&& other) && {
        return ok_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
    }

    [[nodiscard]] constexpr Error& error() & noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), error_;
    }
    [[nodiscard]] constexpr const Error& error() const& noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), error_;
    }
    [[nodiscard]] constexpr Error&& error() && noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), std::move(error_);
    }

    /// `f(value)`, which returns a Result itself, or this error.
    template <class F>
    constexpr auto and_then(F&& f) const& -> std::invoke_result_t<F, const T&> {
        return ok_ ? std::forward<F>(f)(value_) : std::invoke_result_t<F, const T&>(error_);
    }
    template <class F>
    constexpr auto and_then(F&& f) && -> std::invoke_result_t<F, T&&> {
        return ok_ ? std::forward<F>(f)(std::move(value_))
                   : std::invoke_result_t<F, T&&>(std::move(error_));
    }

    /// A Result of `f(value)`, or this error.
    template <class F>
    constexpr auto transform(F&& f) const& -> Result<std::invoke_result_t<F, const T&>> {
        return detail_transform<std::invoke_result_t<F, const T&>>(std::forward<F>(f), *this);
    }
    template <class F>
    constexpr auto transform(F&& f) && -> Result<std::invoke_result_t<F, T&&>> {
        return detail_transform<std::invoke_result_t<F, T&&>>(std::forward<F>(f), std::move(*this));
    }

    /// This value, or `f(error)`, which returns a Result of the same type.
    template <class F>
    constexpr Result or_else(F&& f) const& {
        return ok_ ? *this : std::forward<F>(f)(error_);
    }
    template <class F>
    constexpr Result or_else(F&& f) && {
        return ok_ ? std::move(*this) : std::forward<F>(f)(std::move(error_));
    }

private:
    constexpr void checked() const {
        if (!ok_)
            detail::bad_result(error_);
    }
    constexpr void expect_value() const noexcept {
#if !defined(NDEBUG) || defined(_GLIBCXX_ASSERTIONS)
        if (!ok_)
            detail::es_this_result_holds_an_error_check_it_first(error_);
#endif
    }
    constexpr void expect_error() const noexcept {
#if !defined(NDEBUG) || defined(_GLIBCXX_ASSERTIONS)
        if (ok_)
            detail::es_this_result_holds_a_value_and_no_error();
#endif
    }
    template <class R, class F, class Self>
    static constexpr Result<R> detail_transform(F&& f, Self&& self) {
        if (!self.ok_)
            return std::forward<Self>(self).error();
        if constexpr (std::is_void_v<R>) {
            std::forward<F>(f)(*std::forward<Self>(self));
            return {};
        } else {
            return Result<R>(std::in_place, std::forward<F>(f)(*std::forward<Self>(self)));
        }
    }

    union {
        T value_;
        Error error_;
    };
    bool ok_;
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;
    using error_type = Error;

    constexpr Result() : none_(), ok_(true) {}
    constexpr Result(Error error) : error_(std::move(error)), ok_(false) {}
    constexpr Result(errc kind) : error_(kind), ok_(false) {}

    constexpr Result(const Result& other) : none_(), ok_(other.ok_) {
        if (!ok_)
            std::construct_at(std::addressof(error_), other.error_);
    }
    constexpr Result(Result&& other) noexcept : none_(), ok_(other.ok_) {
        if (!ok_)
            std::construct_at(std::addressof(error_), std::move(other.error_));
    }
    constexpr Result& operator=(Result other) noexcept {
        std::destroy_at(this);
        return *std::construct_at(this, std::move(other));
    }
    constexpr ~Result() {
        if (!ok_)
            std::destroy_at(std::addressof(error_));
    }

    [[nodiscard]] constexpr bool has_value() const noexcept { return ok_; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return ok_; }
    constexpr void operator*() const noexcept { expect_value(); }
    constexpr void value() const {
        if (!ok_)
            detail::bad_result(error_);
    }

    [[nodiscard]] constexpr Error& error() & noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), error_;
    }
    [[nodiscard]] constexpr const Error& error() const& noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), error_;
    }
    [[nodiscard]] constexpr Error&& error() && noexcept EVENTSOURCING_LIFETIMEBOUND {
        return expect_error(), std::move(error_);
    }

    template <class F>
    constexpr auto and_then(F&& f) const -> std::invoke_result_t<F> {
        return ok_ ? std::forward<F>(f)() : std::invoke_result_t<F>(error_);
    }
    template <class F>
    constexpr auto transform(F&& f) const -> Result<std::invoke_result_t<F>> {
        if (!ok_)
            return error_;
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            std::forward<F>(f)();
            return {};
        } else {
            return Result<std::invoke_result_t<F>>(std::in_place, std::forward<F>(f)());
        }
    }
    template <class F>
    constexpr Result or_else(F&& f) const {
        return ok_ ? *this : std::forward<F>(f)(error_);
    }

private:
    constexpr void expect_value() const noexcept {
#if !defined(NDEBUG) || defined(_GLIBCXX_ASSERTIONS)
        if (!ok_)
            detail::es_this_result_holds_an_error_check_it_first(error_);
#endif
    }
    constexpr void expect_error() const noexcept {
#if !defined(NDEBUG) || defined(_GLIBCXX_ASSERTIONS)
        if (ok_)
            detail::es_this_result_holds_a_value_and_no_error();
#endif
    }

    union {
        char none_;
        Error error_;
    };
    bool ok_;
};

} // namespace eventsourcing

#endif
