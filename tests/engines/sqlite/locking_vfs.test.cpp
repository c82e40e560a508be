// SPDX-License-Identifier: MIT
// The locks of a store, whatever else its process does with the file.
#include <eventsourcing/engines/sqlite/locking_vfs.hpp>

#include "catch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/other_process.hpp"
#include "engines/sqlite/support.hpp"
#include "sanitizer.hpp"

#include <dirent.h>
#include <dlfcn.h>
#if defined(__linux__)
#    include <linux/filter.h>
#    include <linux/seccomp.h>
#    include <sys/prctl.h>
#    include <sys/syscall.h>
#endif

using namespace sqlite_tests;
using es::detail::sqlite::DatabaseLock;
using es::detail::sqlite::LockDescriptors;
namespace fs = std::filesystem;

namespace {

es::Result<es::Receipt> append_one(es::SqliteStore& store) {
    const auto one = event();
    return store.append_unchecked("combat-ogre", es::EventBatch({&one, 1}));
}

bool log_is_there(const std::string& path) {
    return fs::exists(path + "-wal") && fs::file_size(path + "-wal") > 0;
}

/// Whether another process can see a lock of this one on the file, where SQLite has them.
bool others_see_a_lock(const std::string& path) {
    return exit_code(in_child([&] {
               const int file = ::open(path.c_str(), O_RDWR);
               struct flock lock{};
               lock.l_type = F_WRLCK;
               lock.l_whence = SEEK_SET;
               lock.l_start = 0x40000000;
               lock.l_len = 512;
               return ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0;
           })) == 1;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd"))
        count += entry.exists() ? 1 : 0;
    return count;
}

/// A file with a lock descriptor of its own, as a connection has it.
struct Locked {
    explicit Locked(const std::string& path)
        : descriptor(LockDescriptors::instance().open(path.c_str(), O_RDWR)),
          database(descriptor) {
        REQUIRE(descriptor >= 0);
    }
    ~Locked() { LockDescriptors::instance().close(descriptor); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

    int descriptor;
    DatabaseLock database;
};

/// A copy of SQLite with a memory of its own, as another library of the process may bring it.
class SecondSqlite {
public:
    explicit SecondSqlite(const std::string& copy) {
        Dl_info usual{};
        if (::dladdr(reinterpret_cast<void*>(&sqlite3_open), &usual) == 0)
            return;
        fs::copy_file(usual.dli_fname, copy, fs::copy_options::overwrite_existing);
        library_ = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    }
    ~SecondSqlite() {
        if (library_)
            ::dlclose(library_);
    }
    SecondSqlite(const SecondSqlite&) = delete;
    SecondSqlite& operator=(const SecondSqlite&) = delete;

    /// Whether SQLite is a shared library here.
    [[nodiscard]] bool is_there() const { return library_ != nullptr; }

    /// Opens the store, reads it and closes it.
    [[nodiscard]] bool reads(const std::string& path) const {
        sqlite3* db = nullptr;
        const bool done =
            function(&sqlite3_open, "sqlite3_open")(path.c_str(), &db) == SQLITE_OK &&
            function(&sqlite3_exec, "sqlite3_exec")(db, "SELECT count(*) FROM es_events", nullptr,
                                                    nullptr, nullptr) == SQLITE_OK;
        return function(&sqlite3_close, "sqlite3_close")(db) == SQLITE_OK && done;
    }

private:
    template <class F>
    F* function(F* /*usual*/, const char* name) const {
        return reinterpret_cast<F*>(::dlsym(library_, name));
    }

    void* library_ = nullptr;
};

} // namespace

TEST_CASE("The locks of a store stay when its process reads or copies the file by other means",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess other(path);
    auto store = open_store(path);
    REQUIRE(append_one(store));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::ifstream(path + suffix).get();
        fs::copy_file(path + suffix, folder / "copy", fs::copy_options::overwrite_existing);
    }
    const bool plain = GENERATE(true, false);
    if (plain) {
        CHECK(other.count_with_plain_sqlite() == 1);
    } else {
        REQUIRE(other.open());
        CHECK(other.count() == 1);
        other.close(); // as the last one, if it did not see the locks
    }
    CHECK(log_is_there(path));
    REQUIRE(append_one(store));
    REQUIRE(other.open());
    CHECK(other.count() == 2);
    store.close();
    CHECK(log_is_there(path));
    other.close();
    CHECK_FALSE(fs::exists(path + "-wal")); // it was the last
}

TEST_CASE("The locks of a store stay when a second SQLite library of its process reads the file",
          "[waits]") {
    // a sanitizer refuses a second library of one name
    if (has_sanitizer || !es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const std::string path = folder / "combat.db";
    const SecondSqlite second(folder / "second.so");
    if (!second.is_there()) {
        WARN("not shown: SQLite is no shared library here");
        return;
    }
    OtherProcess other(path);
    auto store = open_store(path);
    REQUIRE(append_one(store));
    REQUIRE(second.reads(path));
    CHECK(log_is_there(path)); // or it took itself for the last
    REQUIRE(append_one(store));
    REQUIRE(other.open());
    CHECK(other.count() == 2);
    other.close(); // nor does the other process
    CHECK(log_is_there(path));
    REQUIRE(append_one(store));
    CHECK(store.verify()->problems.empty());
}

TEST_CASE("Acknowledged events of a killed process exist, whatever it read before", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess bank(path);
    REQUIRE(bank.open());
    REQUIRE(bank.append());
    CHECK(bank.count_with_plain_sqlite() == 1); // opens and closes the file in the same process
    {
        auto tool = open_store(path);
        CHECK(all_positions(tool).size() == 1);
    }
    CHECK(log_is_there(path));
    REQUIRE(bank.append());
    bank.kill();
    CHECK(all_positions(open_store(path)).size() == 2);
}

TEST_CASE("A child that lives on does not keep the locks of a parent that was killed", "[waits]") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    OtherProcess bank(path);
    REQUIRE(bank.open());
    REQUIRE(bank.append());
    bank.fork_a_child();
    CHECK(others_see_a_lock(path));
    bank.kill();
    CHECK_FALSE(others_see_a_lock(path));
    auto store = open_store(path);
    REQUIRE(append_one(store));
    store.close();
    CHECK_FALSE(fs::exists(path + "-wal"));
}

TEST_CASE("The application's own use of SQLite stays as it is", "[waits]") {
    sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    REQUIRE(append_one(store));
    CHECK(sqlite3_vfs_find(nullptr) == usual);

    Raw own(path); // of the application, in the same process
    own.run("BEGIN");
    CHECK(own.value("SELECT count(*) FROM es_events") == "1");
    REQUIRE(append_one(store));
    CHECK(own.value("SELECT count(*) FROM es_events") == "1");
    store.close();
    CHECK(log_is_there(path));      // the application still has the file open
    CHECK(others_see_a_lock(path)); // and its lock
    CHECK(own.value("SELECT count(*) FROM es_events") == "1");
    own.run("COMMIT");
    CHECK(own.value("SELECT count(*) FROM es_events") == "2");
}

TEST_CASE("Stores that were closed leave no descriptors open") {
    const Folder folder;
    const auto open_and_close = [&] {
        auto store = open_store(folder / "combat.db");
        REQUIRE(append_one(store));
        REQUIRE(store.read_all());
    };
    open_and_close();
    const auto before = open_descriptors();
    for (int i = 0; i < 5; ++i)
        open_and_close();
    CHECK(open_descriptors() == before);
}

TEST_CASE("A descriptor that is kept is used again for what it can do") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto& descriptors = es::detail::sqlite::LockDescriptors::instance();
    const int own = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock{};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    REQUIRE(::fcntl(own, F_SETLK, &lock) == 0); // the application's, so descriptors are kept

    const int reading = descriptors.open(path.c_str(), O_RDONLY);
    REQUIRE(reading >= 0);
    descriptors.close(reading);
    const int writing = descriptors.open(path.c_str(), O_RDWR);
    CHECK(writing != reading);
    CHECK(es::detail::sqlite::set_lock(writing, F_WRLCK, 100, 1));
    CHECK(descriptors.open(path.c_str(), O_RDONLY) == reading);
    descriptors.close(writing);
    CHECK(descriptors.open(path.c_str(), O_RDONLY) == writing);

    ::close(own);
    descriptors.close(reading);
    descriptors.close(writing);
}

TEST_CASE("Two connections of one process keep each other out, as those of two processes do") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    auto store = open_store(path, {.busy_timeout = 0ms});
    REQUIRE(append_one(store));
    const bool same_library = GENERATE(true, false);
    if (same_library) {
        auto connection =
            es::detail::sqlite::Connection::open(path, es::SqliteOpen::existing, "test");
        REQUIRE(connection);
        REQUIRE((*connection)->execute("BEGIN IMMEDIATE"));
        CHECK(append_one(store).error() == es::errc::unavailable);
        REQUIRE((*connection)->execute("ROLLBACK"));
    } else {
        Raw raw(path);
        raw.run("BEGIN IMMEDIATE");
        CHECK(append_one(store).error() == es::errc::unavailable);
        raw.run("ROLLBACK");
    }
    CHECK(append_one(store));
}

TEST_CASE("A writer that waits until a file is not read any more keeps new readers out") {
    if (!es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const std::string path = folder / "combat.db";
    std::ofstream(path) << "x";
    Locked writer(path);
    Locked reader(path);
    Locked late(path);
    REQUIRE(writer.database.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
    REQUIRE(reader.database.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
    CHECK_FALSE(reader.database.is_reserved());
    REQUIRE(writer.database.lock(SQLITE_LOCK_RESERVED) == SQLITE_OK);
    CHECK(writer.database.is_reserved());
    CHECK(reader.database.is_reserved());
    CHECK(reader.database.lock(SQLITE_LOCK_RESERVED) == SQLITE_BUSY);

    CHECK(writer.database.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_BUSY);
    CHECK(late.database.lock(SQLITE_LOCK_SHARED) == SQLITE_BUSY);
    REQUIRE(reader.database.unlock(SQLITE_LOCK_NONE) == SQLITE_OK);
    CHECK(writer.database.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
    CHECK(late.database.lock(SQLITE_LOCK_SHARED) == SQLITE_BUSY);

    REQUIRE(writer.database.unlock(SQLITE_LOCK_SHARED) == SQLITE_OK);
    CHECK_FALSE(late.database.is_reserved());
    CHECK(late.database.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
    CHECK(late.database.lock(SQLITE_LOCK_RESERVED) == SQLITE_OK);
    REQUIRE(late.database.unlock(SQLITE_LOCK_NONE) == SQLITE_OK);
    REQUIRE(writer.database.unlock(SQLITE_LOCK_NONE) == SQLITE_OK);
    CHECK(reader.database.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
    CHECK(reader.database.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
}

TEST_CASE("Shared memory is deleted with the log, but not a file that has taken its place") {
    if (!es::detail::sqlite::LockingVfs::name())
        return;
    const Folder folder;
    const std::string path = folder / "combat.db";
    std::ofstream(path) << "x";
    const bool replaced = GENERATE(false, true);
    const Locked file(path);
    es::detail::sqlite::SharedMemory memory;
    volatile void* region = nullptr;
    REQUIRE(memory.map(path.c_str(), file.descriptor, 0, 32'768, true, &region) == SQLITE_OK);
    REQUIRE(region != nullptr);
    if (replaced) {
        fs::rename(path + "-shm", folder / "away");
        std::ofstream(path + "-shm") << "of somebody else";
    }
    memory.unmap(true);
    CHECK(fs::exists(path + "-shm") == replaced);
}

TEST_CASE("Who may use the file may use its shared memory, whatever the umask") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    fs::permissions(path, fs::perms(0666));
    const ::mode_t before = ::umask(0077);
    auto opened = es::SqliteStore::open(path);
    ::umask(before);
    REQUIRE(opened);
    CHECK(fs::status(path + "-shm").permissions() == fs::perms(0666));
}

TEST_CASE("Shared memory that root makes belongs to the owner of the file") {
    if (::geteuid() != 0)
        return; // nobody else can make a file for another user
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    constexpr uid_t owner = 4711;
    constexpr gid_t group = 4712;
    REQUIRE(::chown(path.c_str(), owner, group) == 0);
    const auto store = open_store(path);
    struct stat found{};
    REQUIRE(::stat((path + "-shm").c_str(), &found) == 0);
    CHECK(found.st_uid == owner);
    CHECK(found.st_gid == group);
}

TEST_CASE("A link in the place of shared memory is not followed") {
    const Folder folder;
    const std::string path = folder / "combat.db";
    open_store(path).close();
    std::ofstream(folder / "other") << "of somebody else";
    fs::create_symlink(folder / "other", path + "-shm");
    CHECK_FALSE(es::SqliteStore::open(path));
    CHECK(content(folder / "other") == "of somebody else");
}

#if defined(__linux__)
namespace {

/// From now on this process has a kernel without open file description locks.
bool forget_descriptor_locks() {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, F_OFD_GETLK, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, F_OFD_SETLKW, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{std::size(rules), rules};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

TEST_CASE("A store is used on a kernel without its own locks", "[.][sqlite-usual-locks]") {
    if (!child_argument())
        return;
    char answer = 's'; // no filters here
    if (forget_descriptor_locks()) {
        CHECK(es::detail::sqlite::LockingVfs::name() == nullptr);
        auto store = open_store(child_argument(), {.busy_timeout = 0ms});
        REQUIRE(append_one(store));
        answer = store.read_all() ? 'y' : 'n';
    }
    REQUIRE(::write(to_parent, &answer, 1) == 1);
}

TEST_CASE("Where the kernel lacks such locks, a store uses those of SQLite", "[waits]") {
    const Folder folder;
    ChildProgram child("[sqlite-usual-locks]", folder / "combat.db");
    const char answer = child.answer();
    CHECK(child.wait() == 0);
    CHECK((answer == 'y' || answer == 's'));
    if (answer == 'y')
        CHECK(all_positions(open_store(folder / "combat.db")).size() == 1);
}
#endif
