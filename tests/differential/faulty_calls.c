/* Preloaded into a proxy: makes system calls on TCP sockets fail as a file in shared memory says (faulty_calls.py writes it). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* One per kind of call; the numbers of the slots come from the compiler's command line. `left` calls fail, -1 is all of them. */
struct Slot {
  volatile int left;
  volatile int error;
};
enum { slots = 16, descriptors = 65536, stranger = 0, from_client, to_server };

static struct Slot* table;
static char kind[descriptors];

__attribute__((constructor)) static void map_table(void) {
  const char* path = getenv("FAULTY_CALLS");
  const int file = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* at = mmap(NULL, slots * sizeof(struct Slot), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (at != MAP_FAILED) table = at;
}

static int fails(int slot) {
  if (table == NULL || slot < 0) return 0;
  int left = table[slot].left;
  do {
    if (left == 0) return 0;
    if (left < 0) break;
  } while (!__atomic_compare_exchange_n(&table[slot].left, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  errno = table[slot].error;
  return 1;
}

static int slot_of(int fd, int client, int server) {
  if (fd < 0 || fd >= descriptors) return -1;
  return kind[fd] == from_client ? client : kind[fd] == to_server ? server : -1;
}

static void mark(int fd, char as) {
  if (fd >= 0 && fd < descriptors) kind[fd] = as;
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define SENDS(fd) fails(slot_of(fd, CLIENT_SEND, SERVER_SEND))
#define RECEIVES(fd) fails(slot_of(fd, CLIENT_RECV, SERVER_RECV))

int socket(int domain, int type, int protocol) {
  if ((type & 0xf) == SOCK_STREAM && (domain == AF_INET || domain == AF_INET6) && fails(SOCKET)) return -1;
  const int fd = REAL(socket)(domain, type, protocol);
  mark(fd, stranger);
  return fd;
}

int connect(int fd, const struct sockaddr* to, socklen_t length) {
  int type = 0;
  socklen_t size = sizeof type;
  getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
  if (type == SOCK_STREAM && (to->sa_family == AF_INET || to->sa_family == AF_INET6)) {
    if (fails(CONNECT)) return -1;
    mark(fd, to_server);
  }
  return REAL(connect)(fd, to, length);
}

int accept4(int fd, struct sockaddr* from, socklen_t* length, int flags) {
  if (fails(ACCEPT)) return -1;
  const int accepted = REAL(accept4)(fd, from, length, flags);
  mark(accepted, from_client);
  return accepted;
}

ssize_t send(int fd, const void* bytes, size_t count, int flags) { return SENDS(fd) ? -1 : REAL(send)(fd, bytes, count, flags); }
ssize_t sendto(int fd, const void* bytes, size_t count, int flags, const struct sockaddr* to, socklen_t length) {
  return SENDS(fd) ? -1 : REAL(sendto)(fd, bytes, count, flags, to, length);
}
ssize_t sendmsg(int fd, const struct msghdr* message, int flags) { return SENDS(fd) ? -1 : REAL(sendmsg)(fd, message, flags); }
ssize_t write(int fd, const void* bytes, size_t count) { return SENDS(fd) ? -1 : REAL(write)(fd, bytes, count); }
ssize_t writev(int fd, const struct iovec* parts, int count) { return SENDS(fd) ? -1 : REAL(writev)(fd, parts, count); }

ssize_t recv(int fd, void* bytes, size_t count, int flags) { return RECEIVES(fd) ? -1 : REAL(recv)(fd, bytes, count, flags); }
ssize_t recvfrom(int fd, void* bytes, size_t count, int flags, struct sockaddr* from, socklen_t* length) {
  return RECEIVES(fd) ? -1 : REAL(recvfrom)(fd, bytes, count, flags, from, length);
}
ssize_t recvmsg(int fd, struct msghdr* message, int flags) { return RECEIVES(fd) ? -1 : REAL(recvmsg)(fd, message, flags); }
ssize_t read(int fd, void* bytes, size_t count) { return RECEIVES(fd) ? -1 : REAL(read)(fd, bytes, count); }
ssize_t readv(int fd, const struct iovec* parts, int count) { return RECEIVES(fd) ? -1 : REAL(readv)(fd, parts, count); }

int pipe2(int ends[2], int flags) { return fails(PIPE) ? -1 : REAL(pipe2)(ends, flags); }
ssize_t splice(int in, off_t* in_at, int out, off_t* out_at, size_t count, unsigned flags) {
  if (fails(slot_of(in, CLIENT_RECV, SERVER_RECV)) || fails(slot_of(out, CLIENT_SEND, SERVER_SEND))) return -1;
  return REAL(splice)(in, in_at, out, out_at, count, flags);
}
