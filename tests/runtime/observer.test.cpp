// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/observer.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {
struct Listener {
    std::vector<std::string>* heard;
    void on(const es::Appended& told) { heard->push_back("appended " + std::string(told.stream)); }
    void on(const es::Skipped& told) const {
        heard->push_back("skipped " + std::string(told.stream));
    }
};
struct Curious {
    int* heard;
    void on(const auto& /*told*/) { ++*heard; }
};
struct Broken {
    int* heard;
    void on(const es::Appended& /*told*/) {
        ++*heard;
        throw_or_skip(std::runtime_error("no"));
    }
};
struct Unmovable {
    int* heard;
    Unmovable(int* where) : heard(where) {}
    Unmovable(const Unmovable&) = default;
    Unmovable& operator=(const Unmovable&) = delete;
    void on(const es::Appended& /*told*/) { ++*heard; }
};
} // namespace

TEST_CASE("an observer is told what it has a function for, and nothing else is even made") {
    std::vector<std::string> heard;
    const es::Observer observer = Listener{&heard};
    CHECK(observer.hears<es::Appended>());
    CHECK_FALSE(observer.hears<es::ConflictRetried>());
    observer.tell([] { return es::Appended{.stream = "combat-ogre"}; });
    observer.tell([] { return es::Skipped{.stream = "combat-elf"}; });
    observer.tell([&] {
        heard.push_back("made");
        return es::CommandRepeated{};
    });
    CHECK(heard == std::vector<std::string>{"appended combat-ogre", "skipped combat-elf"});
}

TEST_CASE("without an observer nothing is made that it could be told") {
    const es::Observer none;
    bool made = false;
    none.tell([&] {
        made = true;
        return es::Appended{};
    });
    CHECK_FALSE(made);
    CHECK_FALSE(none.hears<es::Appended>());
}

TEST_CASE("an observer with one template for all is told everything") {
    int heard = 0;
    const es::Observer observer = Curious{&heard};
    const es::Error error = es::errc::conflict;
    observer.tell([] { return es::Appended{}; });
    observer.tell([&] { return es::ConflictRetried{.stream = {}, .error = error}; });
    observer.tell([] { return es::StateLoaded{}; });
    CHECK(heard == 3);
}

TEST_CASE("an observer that throws changes nothing") {
    int heard = 0;
    const es::Observer observer = Broken{&heard};
    observer.tell([] { return es::Appended{}; });
    CHECK(heard == 1);
}

TEST_CASE("copies of an observer's handle share the struct") {
    int heard = 0;
    const es::Observer observer = Unmovable{&heard};
    const es::Observer copy = observer;
    copy.tell([] { return es::Appended{}; });
    observer.tell([] { return es::Appended{}; });
    CHECK(heard == 2);
}
