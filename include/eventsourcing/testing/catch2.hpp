// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_CATCH2_HPP
#define EVENTSOURCING_TESTING_CATCH2_HPP

// Lets Catch2 (2.13 or 3) print what a given/when/then found: CHECK(es::given<...>()...then(...)).

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/given.hpp>
#include <eventsourcing/testing/plain_verdict.hpp>

#if __has_include(<catch2/catch_tostring.hpp>)
#    include <catch2/catch_tostring.hpp>
#else
#    include <catch2/catch.hpp>
#endif

#include <string>

namespace Catch {

template <class A, class Expectation>
struct StringMaker<eventsourcing::Verdict<A, Expectation>> {
    static std::string convert(const eventsourcing::Verdict<A, Expectation>& verdict) {
        return verdict.describe();
    }
};
template <>
struct StringMaker<eventsourcing::PlainVerdict> {
    static std::string convert(const eventsourcing::PlainVerdict& verdict) {
        return verdict.describe();
    }
};

} // namespace Catch

#endif
